import { at, kernels, memory } from './memory.ts'

/** Puts a page where what is around it would show if it was taken for its own. Returns where it ends. */
export function put(bytes: Uint8Array, from = at.chunk): number {
  const around = bytes.length % 3 === 0 ? 0 : 0xff
  memory.fill(around, from - 32, from)
  memory.set(bytes, from)
  memory.fill(around, from + bytes.length, from + bytes.length + 32)
  return from + bytes.length
}

/** What a kernel adds to a total that is not zero; undefined if it says that the page is damaged. */
export function added(sum: () => number): bigint | undefined {
  kernels.clearPageTotal()
  memory.fill(0xff, at.levels, at.levels + 16)
  kernels.sumPlain64(at.levels, at.levels + 16, 2)
  if (sum() === 0) return undefined
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow()) + 2n
}

export function sumOf(values: readonly bigint[] | undefined): bigint | undefined {
  return values?.reduce((sum, value) => sum + value, 0n)
}

/** Values in PLAIN encoding. */
export function plainBytes(values: readonly bigint[], bits: number): Uint8Array {
  const array = bits === 64 ? BigInt64Array.from(values) : Int32Array.from(values, Number)
  return new Uint8Array(array.buffer)
}
