// The value of a text for each type, computed without any kernel. Undefined: the text is not of the type.

export function int64(text: string): bigint | undefined {
  return /^-?0\d/.test(text) ? undefined : storedInt64(text)
}

/** As earlier releases took it: with needless zeros in front, too. */
export function storedInt64(text: string): bigint | undefined {
  if (!/^-?\d+$/.test(text)) return undefined
  const value = BigInt(text)
  return BigInt.asIntN(64, value) === value ? value : undefined
}

const WORDS: Record<string, number> = {
  NaN: Number.NaN,
  nan: Number.NaN,
  inf: Number.POSITIVE_INFINITY,
  '-inf': Number.NEGATIVE_INFINITY,
  Infinity: Number.POSITIVE_INFINITY,
  '-Infinity': Number.NEGATIVE_INFINITY,
}

/** Number() rounds every decimal correctly. A whole number that would be rounded is not a double, with a point or without. */
export function double(text: string): number | undefined {
  const whole = /^-?\d+(?=\.0*$)/.exec(text)?.[0]
  return /^-?0\d/.test(text) ? undefined : storedDouble(whole ?? text)
}

/** As earlier releases took it: with needless zeros in front, and whole numbers with a point rounded. */
export function storedDouble(text: string): number | undefined {
  if (Object.hasOwn(WORDS, text)) return WORDS[text]
  if (!/^-?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?$/.test(text)) return undefined
  const value = Number(text)
  if (!Number.isFinite(value)) return undefined
  return /^-?\d+$/.test(text) && BigInt(value) !== BigInt(text) ? undefined : value
}

/** Returns 1 or 0. */
export function boolean(text: string): number | undefined {
  if (['true', 'True', 'TRUE'].includes(text)) return 1
  return ['false', 'False', 'FALSE'].includes(text) ? 0 : undefined
}

/** Returns the days since 1970-01-01. */
export function date(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d$/.test(text) || text < '0001') return undefined
  const ms = Date.parse(text)
  return !Number.isNaN(ms) && new Date(ms).toISOString().startsWith(text) ? ms / 86_400_000 : undefined
}

/** Returns the microseconds since 1970-01-01T00:00:00 for texts without a zone. */
export function timestamp(text: string): bigint | undefined {
  return micros(text, '')
}

/** Returns the microseconds since 1970-01-01T00:00:00 UTC for texts with a zone. */
export function timestampUtc(text: string): bigint | undefined {
  const [zone, hours = '+00', minutes = '00'] =
    /(?<=:.*)(?:Z|([+-](?:[01]\d|2[0-3]))(?::?([0-5]\d))?)$/.exec(text) ?? []
  return zone === undefined ? undefined : micros(text.slice(0, -zone.length), `${hours}:${minutes}`)
}

function micros(text: string, zone: string): bigint | undefined {
  const [, day, time] =
    /^(.{10})(?:[T ](([01]\d|2[0-3]):[0-5]\d(:[0-5]\d(\.(\d{1,6}|\d{6}0{1,3}))?)?))?$/.exec(text) ?? []
  const days = date(day ?? '')
  if (days === undefined) return undefined
  if (!time) return zone ? undefined : BigInt(days) * 86_400_000_000n
  const [whole, fraction = ''] = time.split('.')
  // Date.parse applies the offset, which is the same on every day.
  const ms = Date.parse(`1970-01-01T${whole}${zone || 'Z'}`)
  return BigInt(days) * 86_400_000_000n + BigInt(ms) * 1000n + BigInt(fraction.slice(0, 6).padEnd(6, '0'))
}

/** What a text is that might have been a number; undefined for no number. Leading zeros, a sign of either kind and spaces do no harm. */
export function numberKind(text: string): 'integer' | 'fraction' | undefined {
  const inner = text.replace(/^ +| +$/g, '')
  if (/^[-+]?\d+(\.0*)?$/.test(inner)) return 'integer'
  const number = /^([-+]?((\d+\.?\d*|\.\d+)([eE][+-]?\d+)?|inf|Infinity)|NaN|nan)$/
  return number.test(inner) ? 'fraction' : undefined
}
