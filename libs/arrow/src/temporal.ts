// Dates and times as text: ISO 8601, as the table itself reads and writes them.
import type { TimeUnit } from './type.ts'

const perSecond: Record<TimeUnit, number> = { s: 1, ms: 1000, us: 1e6, ns: 1e9 }
const SECONDS_PER_DAY = 86_400
const DAYS_PER_400_YEARS = 146_097
/** DuckDB's infinite dates and timestamps. */
const INFINITE_DAYS = 2 ** 31 - 1
const INFINITE_TIME = 2n ** 63n - 1n

export function isInfiniteTime(time: bigint): boolean {
  return time === INFINITE_TIME || time === -INFINITE_TIME
}

/** 20421 -> "2025-11-29". */
export function dateText(days: number): string {
  if (Math.abs(days) === INFINITE_DAYS) return days > 0 ? 'infinity' : '-infinity'
  // JavaScript's Date does not reach as far as DuckDB's: count whole eras of the calendar apart.
  const eras = Math.floor(days / DAYS_PER_400_YEARS)
  const within = new Date((days - eras * DAYS_PER_400_YEARS) * 86_400_000)
  const year = within.getUTCFullYear() + eras * 400
  const sign = year < 0 ? '-' : year > 9999 ? '+' : ''
  const digits = String(Math.abs(year)).padStart(sign === '' ? 4 : 6, '0')
  return `${sign}${digits}-${within.toISOString().slice(5, 10)}`
}

/** A time since 1970 -> "2025-11-29T10:00:00.5", with a "Z" if it is one of UTC. */
export function timestampText(time: bigint, unit: TimeUnit, utc: boolean): string {
  if (isInfiniteTime(time)) return time > 0n ? 'infinity' : '-infinity'
  const perDay = SECONDS_PER_DAY * perSecond[unit]
  const rest = Number(time % BigInt(perDay))
  const ofDay = rest < 0 ? rest + perDay : rest
  return `${lastDate(Number((time - BigInt(ofDay)) / BigInt(perDay)))}T${timeText(ofDay, unit)}${utc ? 'Z' : ''}`
}

/** Neighbours in a column often have the same day. */
let last = { days: 0, text: dateText(0) }
function lastDate(days: number): string {
  if (days !== last.days) last = { days, text: dateText(days) }
  return last.text
}

/** A time since midnight -> "10:00:00.5". */
export function timeText(time: number, unit: TimeUnit): string {
  const seconds = Math.floor(time / perSecond[unit])
  const clock = `${twoDigits(seconds / 3600)}:${twoDigits((seconds / 60) % 60)}:${twoDigits(seconds % 60)}`
  return clock + fractionText(time - seconds * perSecond[unit], unit)
}

function fractionText(fraction: number, unit: TimeUnit): string {
  if (fraction === 0) return ''
  const digits = String(perSecond[unit]).length - 1
  return `.${String(fraction).padStart(digits, '0').replace(/0+$/, '')}`
}

function twoDigits(value: number): string {
  const whole = Math.floor(value)
  return whole < 10 ? `0${whole}` : String(whole)
}
