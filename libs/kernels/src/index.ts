import { readFileSync } from 'node:fs'
import { parseDecimal } from './decimal.ts'
import type { DoubleSums } from './doubleSums.ts'
import type { Encoders } from './encoders.ts'
import type { Metadata, ReadOn } from './metadata.ts'
import type { PageSums } from './pageSums.ts'
import { powersOfFive } from './powersOfFive.ts'

export { ACCUMULATOR_BYTES, DOUBLES_TOTAL_BYTES } from './doubleSums.ts'
export {
  CHUNK_NUMBERS,
  type ColumnChunk,
  type ColumnChunks,
  foundChunk,
  foundElement,
  NO_SUCH_COLUMN,
  PAGE_HEADER_NUMBERS,
  type PageHeader,
  pageHeaderOf,
  type ReadOn,
  type SchemaElement,
  TOO_MANY_ROW_GROUPS,
} from './metadata.ts'

/**
 * The kernels, compiled from `assembly/`, where each one is described. Addresses and sizes are in bytes of
 * the kernels' memory. The caller divides the memory from `heapBase()` on.
 */
export interface Kernels extends DoubleSums, Encoders, Metadata, PageSums {
  memory: WebAssembly.Memory
  heapBase(): number

  scan(
    from: number,
    to: number,
    last: boolean,
    columns: number,
    column: number,
    ends: number,
    room: number,
  ): number
  scanNext(): number
  scanBroken(): number
  scanStrayCr(): number
  countLineFeeds(from: number, to: number): number
  /** The sum of `CR_BEFORE_LF` and `CR_ALONE`. */
  surveyCarriageReturns(from: number, to: number): number
  everyRecordHas(columns: number, records: number, ends: number): number

  int64Column: ReadColumn
  doubleColumn: ReadColumn
  booleanColumn: ReadColumn
  dateColumn: ReadColumn
  timestampColumn: ReadColumn
  timestampUtcColumn: ReadColumn
  textColumn(
    ends: number,
    records: number,
    columns: number,
    column: number,
    values: number,
    levels: number,
  ): number
  textCount(): number
  textBytes(ends: number, records: number, columns: number, column: number): number
  surveyText(ends: number, records: number, columns: number, column: number): number
  powersOfFive(): number

  clearTotal(): void
  sumFields(at: number, all: number, step: number, columns: number, column: number): number
  sumFirstFields(at: number, all: number): number
  totalEights(): bigint
  totalOnes(): bigint
  totalHalves(): bigint
  totalLow(): bigint
}

/**
 * Reads a column of scanned records. Returns how many values are not null, or -1 if a field does not fit the type. `stored`: the
 * kernel also accepts the numbers that earlier releases accepted and that are text today.
 */
export type ReadColumn = (
  ends: number,
  records: number,
  columns: number,
  column: number,
  values: number,
  levels: number,
  stored: boolean,
) => number

/** Tells `scan` to find the fields of every column. */
export const EVERY = -1

/** What `surveyCarriageReturns` finds: a CR that a line feed follows, and one that no line feed follows. */
export const CR_BEFORE_LF = 1
export const CR_ALONE = 2

const module = new WebAssembly.Module(readFileSync(new URL('../build/kernels.wasm', import.meta.url)))

/** Makes kernels with a memory of their own. Threads share the compiled code. */
export function instantiate(readOn: ReadOn = nothingFollows): Kernels {
  const env = {
    readOn,
    parseDecimal: (start: number, end: number, whole: number): number =>
      parseDecimal(new Uint8Array(kernels.memory.buffer, start, end - start), whole !== 0),
  }
  const kernels = new WebAssembly.Instance(module, { env }).exports as unknown as Kernels
  new BigUint64Array(kernels.memory.buffer, kernels.powersOfFive()).set(powersOfFive)
  return kernels
}

function nothingFollows(): never {
  throw new Error('findColumn was told that bytes follow, but not who reads them')
}
