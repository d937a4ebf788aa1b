import { type Answer, type Batch, cellsOf, isNumber, typeName } from '@table/arrow'
import { faint } from '../colours.ts'
import { widthOf } from '../printTable.ts'

/** How many rows are aligned together, and held in memory. */
const BLOCK_ROWS = 1000
/** In cells. A longer value does not widen its column: it pushes the rest of its own line to the right. */
const WIDEST = 60
/** No value of a column prints like this: NULL could be a text. */
const NULL = '∅'
const GAP = '  '

interface Column {
  isNumber: boolean
  width: number
}

/**
 * Yields a table for people, block by block: names, types, a rule, then the rows. The first block decides how wide the columns are;
 * a later block can widen them. In colour, types and nulls are dim.
 */
export async function* tableOf({ fields, batches }: Answer, colour: boolean): AsyncGenerator<string> {
  const dim = (text: string) => (colour ? faint(text) : text)
  const columns: Column[] = fields.map(({ type }) => ({ isNumber: isNumber(type), width: 0 }))
  const header = [fields.map(({ name }) => visible(name)), fields.map(({ type }) => typeName(type))]
  let isFirst = true
  for await (const rows of blocks(batches)) {
    widen(columns, isFirst ? [...header, ...rows] : rows)
    if (isFirst) yield headerText(columns, header, dim)
    isFirst = false
    yield rows.map(row => lineOf(columns, row, dim)).join('')
  }
  if (!isFirst) return
  widen(columns, header)
  yield headerText(columns, header, dim)
}

/** Yields the texts of some rows at a time. */
async function* blocks(batches: AsyncIterable<Batch>): AsyncGenerator<(string | null)[][]> {
  for await (const { rows, columns } of batches) {
    const cells = columns.map(cellsOf)
    const cellAt = (row: number) => (textAt: (typeof cells)[number]) => {
      const text = textAt(row)
      return text === null ? null : visible(text)
    }
    for (let first = 0; first < rows; first += BLOCK_ROWS)
      yield Array.from({ length: Math.min(BLOCK_ROWS, rows - first) }, (_, i) => cells.map(cellAt(first + i)))
  }
}

function widen(columns: readonly Column[], rows: readonly (string | null)[][]): void {
  for (const row of rows)
    for (const [i, column] of columns.entries()) {
      const width = widthOf(row[i] ?? NULL)
      if (width <= WIDEST) column.width = Math.max(column.width, width)
    }
}

function headerText(columns: Column[], header: string[][], dim: (text: string) => string): string {
  const [names = [], types = []] = header
  const rule = columns.map(({ width }) => '-'.repeat(width)).join(GAP)
  const plain = (text: string) => text
  return `${lineOf(columns, names, plain)}${dim(lineOf(columns, types, plain).trimEnd())}\n${dim(rule)}\n`
}

function lineOf(
  columns: readonly Column[],
  row: readonly (string | null)[],
  dim: (text: string) => string,
): string {
  const cells = columns.map(({ width, isNumber }, i) => {
    const text = row[i] ?? NULL
    const space = ' '.repeat(Math.max(0, width - widthOf(text)))
    const shown = row[i] === null ? dim(text) : text
    const isLast = i === columns.length - 1
    return isNumber ? space + shown : isLast ? shown : shown + space
  })
  return `${cells.join(GAP)}\n`
}

/** Shows what would move the terminal's cursor as a picture of it: a line feed as ␊. */
export function visible(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]/gu, character => {
    const code = character.charCodeAt(0)
    if (code < 0x20) return String.fromCharCode(0x2400 + code)
    return code === 0x7f ? '␡' : code > 0xff ? '␤' : '�'
  })
}
