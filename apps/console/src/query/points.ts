import type { QueryResult, Value } from '../api/client.ts'
import { mark } from '../format.ts'

/** More points than this are no chart any more. */
const MOST_POINTS = 20_000
const FIRST_VALUES = 100

export interface Points {
  x: number[]
  y: (number | null)[]
  /** What x is: numbers, seconds, or the places of `labels`. */
  kind: 'numbers' | 'times' | 'labels'
  labels: string[]
}

/** Makes the points of a chart out of two columns, in the order of x unless x is a text. A chart is a picture: here a value may lose digits. */
export function pointsOf({ columns, rows }: QueryResult, x: number, y: number): Points {
  const type = columns[x]?.type ?? ''
  const numberOf = isTime(type) ? secondsOf : Number
  const some = rows.slice(0, MOST_POINTS)
  const xs = some.map(row => (isNull(row[x]) ? Number.NaN : numberOf(row[x])))
  const ys = some.map(row => (isNull(row[y]) || Number.isNaN(Number(row[y])) ? null : Number(row[y])))
  if (!isTime(type) && some.some((row, index) => !isNull(row[x]) && Number.isNaN(xs[index])))
    return {
      x: some.map((_, index) => index),
      y: ys,
      kind: 'labels',
      labels: some.map(row => String(row[x] ?? '∅')),
    }
  const order = xs.map((_, index) => index).filter(index => Number.isFinite(xs[index]))
  order.sort((a, b) => (xs[a] as number) - (xs[b] as number))
  return {
    x: order.map(index => xs[index] as number),
    y: order.map(index => ys[index] ?? null),
    kind: isTime(type) ? 'times' : 'numbers',
    labels: [],
  }
}

/** Returns what stands at the marks of x. Times are UTC. */
export function marksOf({ kind, labels }: Points, marks: readonly number[]): string[] {
  if (kind === 'labels') return marks.map(place => labels[place]?.slice(0, 16) ?? '')
  if (kind === 'numbers') return marks.map(mark)
  const isDays = (marks.at(-1) ?? 0) - (marks[0] ?? 0) >= 3 * 86_400
  return marks.map(seconds => {
    const iso = new Date(seconds * 1000).toISOString()
    return isDays ? iso.slice(0, 10) : iso.slice(11, 16)
  })
}

export function isTime(type: string): boolean {
  return /^(?:date|timestamp)/i.test(type)
}

/** Whether a chart can have a column as y. The first values tell. */
export function isNumeric({ rows }: QueryResult, column: number): boolean {
  let seen = 0
  for (const row of rows) {
    const value = row[column]
    if (isNull(value)) continue
    if (typeof value === 'boolean' || value === '' || Number.isNaN(Number(value))) return false
    if (++seen === FIRST_VALUES) break
  }
  return seen > 0
}

/** Times of the server are UTC, with a zone or without. */
function secondsOf(value: Value | undefined): number {
  const text = String(value)
  return Date.parse(/(?:Z|[+-]\d\d:?\d\d)$/.test(text) || text.length === 10 ? text : `${text}Z`) / 1000
}

function isNull(value: Value | undefined): value is null | undefined {
  return value === null || value === undefined
}
