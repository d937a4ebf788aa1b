const grouped = new Intl.NumberFormat('en')
const short = new Intl.NumberFormat('en', { notation: 'compact', maximumFractionDigits: 1 })
const marked = new Intl.NumberFormat('en', { notation: 'compact', maximumSignificantDigits: 4 })
const UNITS = ['B', 'kB', 'MB', 'GB', 'TB', 'PB']

/** `1234567` as `1,234,567`. */
export function count(value: number): string {
  return grouped.format(value)
}

/** `1234567` as `1.2M`. */
export function shortCount(value: number): string {
  return short.format(value)
}

/** What stands at a mark of an axis: `1750` as `1.75K`, so that marks at equal distances look so. */
export function mark(value: number): string {
  return marked.format(value)
}

/** `1500` as `1.5 kB`. */
export function bytes(value: number): string {
  let unit = 0
  let rest = value
  while (rest >= 999.5 && unit < UNITS.length - 1) {
    rest /= 1000
    unit++
  }
  return `${unit === 0 || rest >= 99.5 ? Math.round(rest) : rest.toFixed(1)} ${UNITS[unit]}`
}

/** Groups the digits of a number of any size, which stays a text: `-12345.678` as `-12,345.678`. */
export function digits(text: string): string {
  const [, whole, fraction = ''] = /^(-?\d+)(\.\d+)?$/.exec(text) ?? []
  return whole === undefined ? text : whole.replace(/\B(?=(\d{3})+$)/g, ',') + fraction
}

/** Says how long something takes: `350 ms`, `12 s`, `3 min`, `2 h`. */
export function duration(seconds: number): string {
  if (!Number.isFinite(seconds)) return ''
  if (seconds < 1) return `${Math.round(seconds * 1000)} ms`
  if (seconds < 99.5) return `${seconds < 9.95 ? seconds.toFixed(1) : Math.round(seconds)} s`
  return seconds < 5970 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`
}

export function milliseconds(ms: number): string {
  return ms > 0 && ms < 10 ? `${ms.toFixed(1)} ms` : duration(ms / 1000)
}

/** Shows a time of the server, in UTC as everywhere else in the product. */
export function time(iso: string): string {
  return `${iso.slice(0, 10)} ${iso.slice(11, 19)}`
}

/** `plural(2, 'row')` is `2 rows`. */
export function plural(value: number, noun: string): string {
  return `${count(value)} ${noun}${value === 1 ? '' : 's'}`
}
