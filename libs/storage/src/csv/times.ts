const ZERO = 0x30
const DAYS_IN_400_YEARS = 146097
const DAYS_TO_1970 = 719468 // from 0000-03-01

/** Days from 1970-01-01 to `YYYY-MM-DD` (proleptic Gregorian); undefined if it is no date. */
export function parseDate(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== 10 || bytes[start + 4] !== 0x2d || bytes[start + 7] !== 0x2d) return undefined
  const year = twoDigits(bytes, start) * 100 + twoDigits(bytes, start + 2)
  const month = twoDigits(bytes, start + 5)
  const day = twoDigits(bytes, start + 8)
  if (!(year >= 1 && month >= 1 && month <= 12 && day >= 1 && day <= daysIn(year, month))) return undefined
  // Howard Hinnant's days_from_civil: years that begin in March put the leap day last.
  const shifted = month > 2 ? year : year - 1
  const era = Math.floor(shifted / 400)
  const yearOfEra = shifted - era * 400
  const dayOfYear = Math.floor((153 * (month > 2 ? month - 3 : month + 9) + 2) / 5) + day - 1
  const dayOfEra = yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear
  return era * DAYS_IN_400_YEARS + dayOfEra - DAYS_TO_1970
}

/** A point in time: `seconds * 10^6 + micros` from 1970-01-01T00:00:00, in UTC if the text named a zone. */
export interface Timestamp {
  seconds: number
  micros: number
  zoned: boolean
}

const parsed: Timestamp = { seconds: 0, micros: 0, zoned: false }

/**
 * Parses `YYYY-MM-DD`, a `T` or a space, `HH:MM[:SS[.ffffff]]` and optionally `Z` or `+HH:MM`; a date alone is
 * its midnight. Undefined for anything else: more than six digits of a second would be rounded, so they are not
 * a timestamp. The object is valid until the next call.
 */
export function parseTimestamp(bytes: Uint8Array, start: number, end: number): Timestamp | undefined {
  const days = parseDate(bytes, start, Math.min(end, start + 10))
  if (days === undefined) return undefined
  parsed.micros = 0
  parsed.zoned = false
  parsed.seconds = days * 86400
  let i = start + 10
  if (i === end) return parsed
  if (bytes[i] !== 0x54 && bytes[i] !== 0x20) return undefined
  const hours = i + 6 <= end && bytes[i + 3] === 0x3a ? twoDigits(bytes, i + 1) : Number.NaN
  const minutes = twoDigits(bytes, i + 4)
  if (!(hours <= 23 && minutes <= 59)) return undefined
  parsed.seconds += hours * 3600 + minutes * 60
  i += 6
  if (i < end && bytes[i] === 0x3a) {
    const seconds = i + 3 <= end ? twoDigits(bytes, i + 1) : Number.NaN
    if (!(seconds <= 59)) return undefined
    parsed.seconds += seconds
    i += 3
    if (i < end && bytes[i] === 0x2e) {
      const first = ++i
      for (let unit = 100000; i < end && isDigit(bytes[i]); i++, unit /= 10) {
        if (unit < 1) return undefined
        parsed.micros += (bytes[i] - ZERO) * unit
      }
      if (i === first) return undefined
    }
  }
  return i === end || zone(bytes, i, end) ? parsed : undefined
}

function zone(bytes: Uint8Array, i: number, end: number): boolean {
  parsed.zoned = true
  if (bytes[i] === 0x5a) return i + 1 === end
  const sign = bytes[i] === 0x2b ? 1 : bytes[i] === 0x2d ? -1 : 0
  if (sign === 0 || i + 6 !== end || bytes[i + 3] !== 0x3a) return false
  const hours = twoDigits(bytes, i + 1)
  const minutes = twoDigits(bytes, i + 4)
  if (!(hours <= 23 && minutes <= 59)) return false
  parsed.seconds -= sign * (hours * 3600 + minutes * 60)
  return true
}

function daysIn(year: number, month: number): number {
  if (month !== 2) return month === 4 || month === 6 || month === 9 || month === 11 ? 30 : 31
  return year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0) ? 29 : 28
}

function isDigit(byte: number): boolean {
  return (byte - ZERO) >>> 0 <= 9
}

/** The number that two digits spell; NaN if they are no digits. */
function twoDigits(bytes: Uint8Array, at: number): number {
  const tens = bytes[at]
  const ones = bytes[at + 1]
  return isDigit(tens) && isDigit(ones) ? (tens - ZERO) * 10 + (ones - ZERO) : Number.NaN
}
