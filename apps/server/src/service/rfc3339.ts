import { ServiceError } from '@table/table'

const TIME = /^(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d+))?([Zz]|[+-]\d\d:\d\d)$/

/**
 * Turns a time in the form of RFC 3339 into ISO 8601 in UTC with milliseconds, rounded up: a time with milliseconds is before
 * the one exactly if it is before the other. `name` names the time in errors.
 */
export function rfc3339(name: string, text: string): string {
  const [, date = '', time, fraction = '', zone = ''] = TIME.exec(text) ?? []
  const whole = Date.parse(`${date}T${time}${zone.toUpperCase()}`)
  // `Date.parse` takes the 30th of February.
  const day = Date.parse(`${date}T00:00:00Z`)
  if (Number.isNaN(whole) || Number.isNaN(day) || !new Date(day).toISOString().startsWith(date))
    throw new ServiceError(
      'invalid-data',
      `${name}: found "${text.slice(0, 80)}", expected a time such as 2026-11-28T16:05:00Z`,
    )
  const ms = Number(fraction.slice(0, 3).padEnd(3, '0')) + (/[1-9]/.test(fraction.slice(3)) ? 1 : 0)
  return new Date(whole + ms).toISOString()
}
