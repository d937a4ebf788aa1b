import { EVERY, instantiate, type ReadOn } from '../../src/index.ts'

/** Who reads on for the test under way. */
export const reading: { on: ReadOn } = { on: () => 0 }

/** What every test of a file works with, one test after the other. */
export const kernels = instantiate((at, wanted) => reading.on(at, wanted))

const MIB = 1024 * 1024
const start = Math.ceil((kernels.heapBase() + 1024) / 64) * 64
kernels.memory.grow(80 * 16)

/** All of the memory. Addresses are indices of it. */
export const memory = new Uint8Array(kernels.memory.buffer)

/** Where what lies in it: 16 MiB each. */
export const at = {
  ends: start,
  chunk: start + 16 * MIB,
  values: start + 32 * MIB,
  levels: start + 48 * MIB,
}

export interface Scan {
  /** Where the bytes to scan begin and end. */
  from?: number
  to: number
  last: boolean
  columns: number
  column?: number
  room?: number
}

export interface Scanned {
  records: number
  /** Counted from the start of the chunk, as `ends` and `Scan` do. */
  next: number
  broken: boolean
  ends: number[]
}

/** Scans bytes of the chunk, which the kernels then know the fields of. */
export function scan({ from = 0, to, last, columns, column = EVERY, room = MIB }: Scan): Scanned {
  const { chunk, ends } = at
  const records = kernels.scan(chunk + from, chunk + to, last, columns, column, ends, room)
  const fields = records * (column === EVERY ? columns : 1)
  return {
    records,
    next: kernels.scanNext() - chunk,
    broken: kernels.scanBroken() !== 0,
    ends: Array.from(new Uint32Array(memory.buffer, ends, fields), end => end - chunk),
  }
}
