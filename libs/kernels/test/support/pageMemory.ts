import { at, kernels, memory } from './memory.ts'

/** Puts a page between bytes that would change the result if a kernel read them. Returns where the page ends. */
export function put(bytes: Uint8Array, from = at.chunk): number {
  const around = bytes.length % 3 === 0 ? 0 : 0xff
  memory.fill(around, from - 32, from)
  memory.set(bytes, from)
  memory.fill(around, from + bytes.length, from + bytes.length + 32)
  return from + bytes.length
}

/** Returns what a kernel adds to a total that is not zero, or undefined if the kernel says that the page is damaged. */
export function added(sum: () => number): bigint | undefined {
  kernels.clearPageTotal()
  memory.fill(0xff, at.levels, at.levels + 16)
  kernels.sumPlain(at.levels, at.levels + 16, 2)
  if (sum() === 0) return undefined
  return (kernels.pageTotalHigh() << 64n) + BigInt.asUintN(64, kernels.pageTotalLow()) + 2n
}

export function sumOf(values: readonly bigint[] | undefined): bigint | undefined {
  return values?.reduce((sum, value) => sum + value, 0n)
}

/** Returns values in PLAIN encoding. */
export function plainBytes(values: readonly bigint[]): Uint8Array {
  return new Uint8Array(BigInt64Array.from(values).buffer)
}
