const COLOURS: Record<string, number> = { debug: 2, warn: 33, error: 31, fatal: 31 }

interface Line {
  level: string
  time: string
  msg?: string
  err?: { stack?: string }
}

/** Turns a line of JSON into one for people. Control characters of clients do not reach the terminal. */
export function prettyLine(json: string, colours: boolean): string {
  const { level, time, msg = '', err, ...fields }: Line = JSON.parse(json)
  const colour = colours ? COLOURS[level] : undefined
  const name = level.toUpperCase().padEnd(5)
  const shownLevel = colour === undefined ? name : `\x1b[${colour}m${name}\x1b[0m`
  const words = Object.entries(fields).flatMap(([key, value]) => wordsOf(key, value))
  const first = [new Date(time).toTimeString().slice(0, 8), shownLevel, escaped(msg), ...words].join(' ')
  return `${first}\n${err?.stack === undefined ? '' : `${err.stack.split('\n').map(escaped).join('\n')}\n`}`
}

/** The fields of an object are words of their own. */
function wordsOf(key: string, value: unknown): string[] {
  if (typeof value !== 'object' || value === null) return [`${key}=${wordOf(value)}`]
  if (Array.isArray(value)) return [`${key}=${wordOf(value.join() || 'none')}`]
  return Object.entries(value).map(([name, inner]) => `${key}.${name}=${wordOf(inner)}`)
}

function wordOf(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value)
  return /^[\w.:/{}[\],@%+-]+$/.test(text) ? text : escaped(JSON.stringify(value))
}

function escaped(text: string): string {
  return text.replace(/\p{Cc}/gu, character => `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`)
}
