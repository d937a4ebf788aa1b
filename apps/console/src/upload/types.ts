const INT64_DIGITS = 19
const INT64_MOST = 2n ** 63n - 1n
const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`
const TIME = String.raw`[T ](?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d{1,6})?)?`

/** The types that the server tries, in its order. */
const types: [type: string, fits: (text: string) => boolean][] = [
  ['int64', isInt64],
  ['double', isDouble],
  ['boolean', text => /^(?:true|True|TRUE|false|False|FALSE)$/.test(text)],
  ['date', matches(`^${DATE}$`)],
  ['timestamp', matches(`^${DATE}(?:${TIME})?$`)],
  ['timestamp-utc', matches(String.raw`^${DATE}${TIME}(?:Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?)$`)],
]

/** Guesses the type of a column by its first values. The server looks at all of them. */
export function guessType(values: readonly (string | null)[]): string {
  const known = values.filter(value => value !== null && value !== '')
  if (known.length === 0) return 'unknown'
  return types.find(([, fits]) => known.every(value => fits(value as string)))?.[0] ?? 'text'
}

function matches(pattern: string): (text: string) => boolean {
  const expression = new RegExp(pattern)
  return text => expression.test(text)
}

function isInt64(text: string): boolean {
  if (!/^-?(?:0|[1-9]\d*)$/.test(text)) return false
  if (text.length > INT64_DIGITS + 1) return false
  const value = BigInt(text)
  return value <= INT64_MOST && value >= -INT64_MOST - 1n
}

/** A whole number that a double would round is text. */
function isDouble(text: string): boolean {
  if (/^(?:NaN|nan|-?inf|-?Infinity)$/.test(text)) return true
  if (!/^-?(?:(?:0|[1-9]\d*)(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?$/.test(text)) return false
  const whole = /^-?\d+(?=\.?0*$)/.exec(text)?.[0]
  return Number.isFinite(Number(text)) && (whole === undefined || BigInt(Number(whole)) === BigInt(whole))
}
