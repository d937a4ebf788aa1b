import { instantiate, type Kernels, PAGE_HEADER_NUMBERS, type ReadOn } from '@table/kernels'

/** Bytes of the engine's memory. */
export interface Bytes {
  from: number
  to: number
}

/** The kernels and how their memory is divided. Addresses and sizes are in bytes. */
export interface Engine {
  readonly kernels: Kernels
  /** Who reads on where a kernel has not got all of a file's metadata. */
  readOn: ReadOn | undefined
  /** All of the memory. */
  readonly bytes: Uint8Array<ArrayBuffer>
  /** The page header that a kernel read last. */
  readonly pageHeader: Int32Array
  /** Where fields end: room for `endsRoom` entries of 4 bytes and what a scan needs around them. */
  readonly ends: number
  readonly endsRoom: number
  /** A row group under way, or a column chunk that is read. */
  readonly rows: number
  readonly rowsBytes: number
  /** An encoded page under way. */
  readonly page: number
  readonly pageBytes: number
  /** Hash tables, and what an encoder keeps beside them. */
  readonly tables: number
  readonly tablesBytes: number
  /** Bytes of a file; 64 may be written in front of them and 128 behind them. */
  readonly chunk: number
  readonly chunkBytes: number
}

const MIB = 1024 * 1024
const CHUNK_BYTES = 256 * 1024
/** For a row group of many columns with what stands between them. Nobody else uses all of it. */
const ROWS_BYTES = 14 * MIB
const ENDS_ROOM = 64 * 1024
const AROUND = 1024
const WASM_PAGE = 64 * 1024

/** This thread's engine: what a thread does, it does one after the other. */
export let engine = createEngine(CHUNK_BYTES)

/** Makes a new engine, whose chunk has so many bytes. What was in the old one's memory is gone, and given back. */
export function renewEngine(chunkBytes = CHUNK_BYTES): void {
  engine = createEngine(chunkBytes)
}

/** Makes a new engine of the usual size, if this one has a larger chunk. */
export function releaseChunk(): void {
  if (engine.chunkBytes > CHUNK_BYTES) renewEngine()
}

/** Memory that nothing was written to takes none of the machine's. */
function createEngine(chunkBytes: number): Engine {
  const kernels: Kernels = instantiate((at, wanted) => (made.readOn as ReadOn)(at, wanted))
  let end = kernels.heapBase()
  const reserve = (bytes: number) => {
    const start = Math.ceil((end + AROUND) / 64) * 64
    end = start + bytes
    return start
  }
  const rowsBytes = ROWS_BYTES + 2 * (chunkBytes - CHUNK_BYTES)
  const regions = {
    ends: reserve(4 * (ENDS_ROOM + 72)),
    endsRoom: ENDS_ROOM,
    rows: reserve(rowsBytes),
    rowsBytes,
    page: reserve(rowsBytes),
    pageBytes: rowsBytes,
    tables: reserve(3 * MIB),
    tablesBytes: 3 * MIB,
    chunk: reserve(chunkBytes),
    chunkBytes,
  }
  const { memory } = kernels
  memory.grow(Math.ceil((reserve(0) - memory.buffer.byteLength) / WASM_PAGE))
  const pageHeader = new Int32Array(memory.buffer, kernels.pageHeader(), PAGE_HEADER_NUMBERS)
  const made: Engine = {
    kernels,
    readOn: undefined,
    bytes: new Uint8Array(memory.buffer),
    pageHeader,
    ...regions,
  }
  return made
}
