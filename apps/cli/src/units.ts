const PREFIXES = ['', 'k', 'M', 'G', 'T']

/** 1234567 -> "1.2 MB". */
export function formatBytes(bytes: number): string {
  return bytes < 1000 ? `${Math.round(bytes)} bytes` : `${scaled(bytes)}B`
}

/** 1234567 -> "1.2 M rows". */
export function formatRows(rows: number): string {
  return `${rows < 1000 ? Math.round(rows) : scaled(rows)} rows`
}

/** 3725 -> "1 h 2 min". */
export function formatSeconds(seconds: number): string {
  const whole = Math.round(seconds)
  if (whole < 60) return `${whole} s`
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`
  return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`
}

/** 2, 'row' -> "2 rows". */
export function countOf(count: number | bigint, what: string): string {
  return `${count} ${what}${Number(count) === 1 ? '' : 's'}`
}

function scaled(value: number): string {
  let power = 0
  let rest = value
  // 999.95 would round to "1000.0".
  for (; rest >= 999.95 && power < PREFIXES.length - 1; rest /= 1000) power++
  return `${rest.toFixed(1)} ${PREFIXES[power]}`
}
