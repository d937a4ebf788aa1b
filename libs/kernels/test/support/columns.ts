import fc from 'fast-check'
import { expect } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import type { ReadColumn } from '../../src/index.ts'
import { at, memory, scan } from './memory.ts'
import { judgeRecords } from './records.ts'

/** How a column's fields are laid out in a file. */
export interface Layout {
  columns: number
  column: number
  crlf: boolean
  blankLines: boolean
  lastEnd: boolean
}

export const layouts: fc.Arbitrary<Layout> = fc.integer({ min: 1, max: 3 }).chain(columns =>
  fc.record({
    columns: fc.constant(columns),
    column: fc.nat({ max: columns - 1 }),
    crlf: fc.boolean(),
    blankLines: fc.boolean(),
    lastEnd: fc.boolean(),
  }),
)

/** Null stands for an empty field without quotes. */
export type Field = { text: string; quoted: boolean } | null

/** Empty fields, few of them in quotes. */
export const empty = fc.oneof(
  { arbitrary: fc.constant<Field>(null), weight: 8 },
  { arbitrary: fc.constant<Field>({ text: '', quoted: true }), weight: 1 },
)

/** Makes a field of the text, with quotes if `quoted` is set or the text needs them. */
export function fieldOf(text: string, quoted: boolean): Field {
  return { text, quoted: quoted || text === '' || /[",\r\n]/.test(text) }
}

/** Makes columns of such texts: all without unnecessary quotes, or some of them quoted and some null. */
export function fieldsOf(texts: fc.Arbitrary<string>): fc.Arbitrary<Field[]> {
  const plain = texts.map(text => fieldOf(text, false))
  const mixed = fc.oneof(
    { arbitrary: plain, weight: 6 },
    { arbitrary: texts.map(text => fieldOf(text, true)), weight: 3 },
    empty,
  )
  const lengths = { maxLength: 80, size: 'max' } as const
  return fc.oneof(fc.array(plain, lengths), fc.array(mixed, lengths))
}

/**
 * Puts a table with the column into the chunk and scans it. Returns the table's bytes and how many records
 * were found.
 */
export function putColumn(fields: Field[], layout: Layout): { bytes: Buffer; records: number } {
  const bytes = Buffer.from(csvOf(fields, layout))
  memory.set(bytes, at.chunk)
  const { records, broken } = scan({ to: bytes.length, last: true, columns: layout.columns })
  expect(broken).toBe(false)
  return { bytes, records }
}

const OTHERS = ['7', '', '"a,\n""b"', 'x\ry']

function csvOf(fields: Field[], { columns, column, crlf, blankLines, lastEnd }: Layout): string {
  const lineEnd = crlf ? '\r\n' : '\n'
  const lines = fields.map((field, record) => {
    const line = Array.from({ length: columns }, (_, other) => OTHERS[(record + other) % OTHERS.length])
    line[column] = field?.quoted ? `"${field.text.replaceAll('"', '""')}"` : (field?.text ?? '')
    return (blankLines && record % 3 === 0 ? '\n\r\n' : '') + line.join()
  })
  return lines.join(lineEnd) + (lastEnd ? lineEnd : '')
}

/** A view of values in memory. */
type View<T> = new (
  buffer: ArrayBufferLike,
  at: number,
  length: number,
) => ArrayLike<T> & { BYTES_PER_ELEMENT: number }

/** Returns the value that `read` reads from a text, or undefined if `read` refuses it. */
export function readText<T>(read: ReadColumn, View: View<T>, text: string): T | undefined {
  const layout = { columns: 1, column: 0, crlf: false, blankLines: false, lastEnd: true }
  putColumn([fieldOf(text, false)], layout)
  const count = read(at.ends, 1, 1, 0, at.values, at.levels, false)
  return count === 1 ? new View(memory.buffer, at.values, 1)[0] : undefined
}

const CANARY = 0xa5
const canaries = new Uint8Array(8).fill(CANARY)

/**
 * Checks that `read` reads the columns as `parse` reads the texts that csv-parse finds, an empty text being
 * null, and that a single field that `parse` refuses makes `read` refuse the column. `parse` returns the value
 * of a text. `View` is the view of values in memory.
 */
export function expectReadsAs<T>(
  read: ReadColumn,
  View: View<T>,
  parse: (text: string) => T | undefined,
  columns: fc.Arbitrary<Field[]>,
  stored = false,
): void {
  const width = new View(memory.buffer, 0, 0).BYTES_PER_ELEMENT

  const expectValues = (fields: Field[], layout: Layout) => {
    const { bytes, records } = putColumn(fields, layout)
    const judged = judgeRecords(bytes, layout.columns)?.map(record => record[layout.column]) ?? []
    const notNull = judged.filter(({ text }) => text !== '')
    const values = notNull.map(({ text }) => parse(text) as T)
    const levels = judged.map(({ text }) => Number(text !== ''))
    expect(records).toBe(judged.length)
    const valuesEnd = at.values + records * width
    const levelsEnd = at.levels + records
    const untouched = [at.values - 8, valuesEnd, at.levels - 8, levelsEnd]
    for (const address of untouched) memory.set(canaries, address)
    const count = read(at.ends, records, layout.columns, layout.column, at.values, at.levels, stored)
    expect(count).toBe(values.length)
    expect(Array.from(new View(memory.buffer, at.values, values.length))).toEqual(values)
    expect(Array.from(memory.subarray(at.levels, levelsEnd))).toEqual(levels)
    for (const address of untouched) expect(memory.subarray(address, address + 8)).toEqual(canaries)
  }

  const expectRefusal = (fields: Field[], layout: Layout, flawed: Field) => {
    const { records } = putColumn(fields, layout)
    const found = read(at.ends, records, layout.columns, layout.column, at.values, at.levels, stored)
    expect(found, flawed?.text).toBe(-1)
  }

  fc.assert(
    fc.property(columns, layouts, (fields, layout) => {
      const isValid = (field: Field) => !field?.text || parse(field.text) !== undefined
      const valid = fields.filter(isValid)
      expectValues(valid, layout)
      fields.forEach((field, i) => {
        if (!isValid(field))
          expectRefusal(valid.toSpliced(Math.min(i, valid.length), 0, field), layout, field)
      })
    }),
    { numRuns: randomCases(20_000) },
  )
}
