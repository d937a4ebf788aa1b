import { EVERY, instantiate, type ReadOn } from '../../src/index.ts'

/** The function that reads on for the current test. */
export const reading: { on: ReadOn } = { on: () => 0 }

/** The kernels that all tests of a file share, one test after the other. */
export const kernels = instantiate((at, wanted) => reading.on(at, wanted))

const MIB = 1024 * 1024
const start = Math.ceil((kernels.heapBase() + 1024) / 64) * 64
kernels.memory.grow(80 * 16)

/** The whole memory. An address is an index into it. */
export const memory = new Uint8Array(kernels.memory.buffer)

/** The areas of the memory, 16 MiB each. */
export const at = {
  ends: start,
  chunk: start + 16 * MIB,
  values: start + 32 * MIB,
  levels: start + 48 * MIB,
}

export interface Scan {
  /** Where the bytes to scan begin and end, counted from the start of the chunk. */
  from?: number
  to: number
  last: boolean
  columns: number
  column?: number
  room?: number
}

export interface Scanned {
  records: number
  /** Counted from the start of the chunk, like `ends` and `Scan`. */
  next: number
  broken: boolean
  /** A CR outside quotes was seen that no line feed follows. */
  stray: boolean
  ends: number[]
}

/** Scans bytes of the chunk. The kernels then know where the fields are. */
export function scan({ from = 0, to, last, columns, column = EVERY, room = MIB }: Scan): Scanned {
  const { chunk, ends } = at
  const records = kernels.scan(chunk + from, chunk + to, last, columns, column, ends, room)
  const fields = records * (column === EVERY ? columns : 1)
  return {
    records,
    next: kernels.scanNext() - chunk,
    broken: kernels.scanBroken() !== 0,
    stray: kernels.scanStrayCr() !== 0,
    ends: Array.from(new Uint32Array(memory.buffer, ends, fields), end => end - chunk),
  }
}
