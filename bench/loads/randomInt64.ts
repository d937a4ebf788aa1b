import { writeCsvs } from './csv.ts'
import { ExactSum } from './exactSum.ts'
import type { Load } from './load.ts'
import { Random } from './random.ts'

/**
 * Writes random int64 over the whole range. Rows come in pairs whose high words are each other's complement:
 * the sum of a pair fits into 33 bits, so that no total leaves int64.
 */
export function randomInt64Load(directory: string, scale: number): Load {
  const a = new Column(1)
  const b = new Column(2)
  const c = new Column(3)
  const types = { random_a: 'int64', random_b: 'int64', random_c: 'int64' } as const
  const rows = 2 * Math.ceil(62_500 * scale)
  const csvs = writeCsvs(directory, { files: 20, rows, types }, () => `${a.next()},${b.next()},${c.next()}`)
  const sums = { random_a: a.sum.total, random_c: c.sum.total }
  return { title: 'random int64 over the whole range', ...csvs, sums }
}

class Column {
  readonly sum = new ExactSum()
  readonly #random: Random
  #high = 0
  #endsPair = true

  constructor(seed: number) {
    this.#random = new Random(seed)
  }

  next(): bigint {
    this.#endsPair = !this.#endsPair
    this.#high = this.#endsPair ? ~this.#high : this.#random.uint32()
    if (this.#endsPair) this.sum.add(-(2 ** 32)) // h * 2^32 + ~h * 2^32
    const low = this.#random.uint32()
    this.sum.add(low)
    return BigInt.asIntN(64, (BigInt(this.#high) << 32n) + BigInt(low))
  }
}
