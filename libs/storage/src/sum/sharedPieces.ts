// The pieces of a plan, which workers take one after the other until none is left: in memory that all threads share.

/** A file or a part of it: from one to the other position in a CSV, from one to the other row group of a Parquet file. */
export interface Piece {
  id: number
  columnIndex: number
  columns: number
  /** Of the whole file. */
  bytes: number
  /** Of a Parquet file, and its CRC-32 as an int32. */
  footerBytes: number
  footerCrc: number
  from: number
  to: number
}

export interface SharedPieces {
  /** `NUMBERS` of each piece: objects would take longer to cross than a file to sum. */
  pieces: Float64Array
  /** At [0], how many pieces were taken. */
  taken: Int32Array
}

const NUMBERS = 8

/** Shared buffers are freed only when every worker has collected its garbage: those of sums that are done are used again. */
const spareBuffers: SharedArrayBuffer[] = []
const MAX_SPARE = 2

function sharedNumbers(count: number): Float64Array {
  const bytes = count * Float64Array.BYTES_PER_ELEMENT
  const fitting = spareBuffers.findIndex(({ byteLength }) => byteLength >= bytes)
  if (fitting >= 0) return new Float64Array(spareBuffers.splice(fitting, 1)[0] as SharedArrayBuffer)
  return new Float64Array(new SharedArrayBuffer(2 ** Math.ceil(Math.log2(Math.max(bytes, 1024)))))
}

/** To be called when all workers of the plan have answered. */
export function releasePlan({ pieces }: Pick<SharedPieces, 'pieces'>): void {
  spareBuffers.push(pieces.buffer as SharedArrayBuffer)
  if (spareBuffers.length > MAX_SPARE) spareBuffers.shift()
}

/** The pieces that nobody else takes, in order. */
export function* takePieces({ pieces, taken }: SharedPieces): Generator<Piece> {
  for (;;) {
    const at = Atomics.add(taken, 0, 1) * NUMBERS
    if (at >= pieces.length) return
    yield {
      id: pieces[at],
      columnIndex: pieces[at + 1],
      columns: pieces[at + 2],
      bytes: pieces[at + 3],
      footerBytes: pieces[at + 4],
      footerCrc: pieces[at + 5],
      from: pieces[at + 6],
      to: pieces[at + 7],
    }
  }
}

/** Leaves nothing to take for anybody. */
export function stopTaking({ pieces, taken }: SharedPieces): void {
  Atomics.store(taken, 0, pieces.length)
}

/** Writes pieces as `takePieces` reads them. */
export class PieceWriter {
  count = 0
  #numbers = sharedNumbers(NUMBERS * 128)

  get written(): Float64Array {
    return this.#numbers.subarray(0, NUMBERS * this.count)
  }

  add({ id, columnIndex, columns, bytes, footerBytes, footerCrc, from, to }: Piece): void {
    const at = NUMBERS * this.count++
    if (at === this.#numbers.length) this.#grow()
    const numbers = this.#numbers
    numbers[at] = id
    numbers[at + 1] = columnIndex
    numbers[at + 2] = columns
    numbers[at + 3] = bytes
    numbers[at + 4] = footerBytes
    numbers[at + 5] = footerCrc
    numbers[at + 6] = from
    numbers[at + 7] = to
  }

  #grow(): void {
    const small = this.#numbers
    this.#numbers = sharedNumbers(4 * small.length)
    this.#numbers.set(small)
    releasePlan({ pieces: small })
  }
}
