import {
  ACCUMULATOR_BYTES,
  instantiate,
  type Kernels,
  PAGE_HEADER_NUMBERS,
  type ReadOn,
} from '@table/kernels'

/** A range of kernel memory. */
export interface Bytes {
  from: number
  to: number
}

/** The kernels, and how their memory is divided. Addresses and sizes are in bytes. */
export interface KernelMemory {
  readonly kernels: Kernels
  /** Called by a kernel that needs more of a file's metadata. */
  readOn: ReadOn | undefined
  /** The whole memory. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The page header that a kernel read last. */
  readonly pageHeader: Int32Array
  /** The ends of fields: room for `endsRoom` entries of 4 bytes, and for what a scan needs around them. */
  readonly ends: number
  readonly endsRoom: number
  /** A row group that is being written, or a column chunk that is being read. */
  readonly rows: number
  readonly rowsBytes: number
  /** A page that is being encoded. */
  readonly page: number
  readonly pageBytes: number
  /** Hash tables, and what an encoder keeps beside them. */
  readonly tables: number
  readonly tablesBytes: number
  /** An accumulator of doubles. */
  readonly doubles: number
  /** A block of a CSV file. 64 bytes before the block and 128 bytes after it may be written too. */
  readonly block: number
  readonly blockBytes: number
}

const MIB = 1024 * 1024
const BLOCK_BYTES = 256 * 1024
/** Enough for a row group of many columns and the gaps between the columns. */
const ROWS_BYTES = 14 * MIB
const ENDS_ROOM = 64 * 1024
/** How many times larger a block becomes that is too small for a record. */
const GROWTH = 4
const AROUND = 1024
const WASM_PAGE = 64 * 1024

/** This thread's kernels and their memory. A thread does one thing at a time, so one memory is enough. */
export let memory = createMemory(BLOCK_BYTES)

/**
 * Replaces the kernel memory by a new one with a block of `blockBytes` bytes. The old memory and its contents
 * are released.
 */
export function renewMemory(blockBytes = BLOCK_BYTES): void {
  memory = createMemory(blockBytes)
}

/** Replaces the kernel memory by one with a larger block, because a record did not fit. */
export function enlargeBlock(): void {
  renewMemory(GROWTH * memory.blockBytes)
}

/** Replaces the kernel memory by one of the usual size if its block is larger. */
export function releaseBlock(): void {
  if (memory.blockBytes > BLOCK_BYTES) renewMemory()
}

/** Reserves the ranges generously: memory that was never written to takes none of the machine's memory. */
function createMemory(blockBytes: number): KernelMemory {
  const kernels: Kernels = instantiate((at, wanted) => (made.readOn as ReadOn)(at, wanted))
  let end = kernels.heapBase()
  const reserve = (bytes: number) => {
    const start = Math.ceil((end + AROUND) / 64) * 64
    end = start + bytes
    return start
  }
  const rowsBytes = ROWS_BYTES + 2 * (blockBytes - BLOCK_BYTES)
  const regions = {
    ends: reserve(4 * (ENDS_ROOM + 72)),
    endsRoom: ENDS_ROOM,
    rows: reserve(rowsBytes),
    rowsBytes,
    page: reserve(rowsBytes),
    pageBytes: rowsBytes,
    tables: reserve(3 * MIB),
    tablesBytes: 3 * MIB,
    doubles: reserve(ACCUMULATOR_BYTES),
    block: reserve(blockBytes),
    blockBytes,
  }
  const wasm = kernels.memory
  wasm.grow(Math.ceil((reserve(0) - wasm.buffer.byteLength) / WASM_PAGE))
  const pageHeader = new Int32Array(wasm.buffer, kernels.pageHeader(), PAGE_HEADER_NUMBERS)
  const made: KernelMemory = {
    kernels,
    readOn: undefined,
    bytes: new Uint8Array(wasm.buffer),
    pageHeader,
    ...regions,
  }
  return made
}
