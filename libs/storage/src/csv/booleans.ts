const WORDS = new Map([
  ['true', 1],
  ['True', 1],
  ['TRUE', 1],
  ['false', 0],
  ['False', 0],
  ['FALSE', 0],
])

/** 1 for true, 0 for false, in lower case, upper case or with a capital; undefined for anything else. */
export function parseBoolean(bytes: Uint8Array, start: number, end: number): number | undefined {
  if (end - start !== 4 && end - start !== 5) return undefined
  return WORDS.get(Buffer.from(bytes.buffer, bytes.byteOffset + start, end - start).toString('latin1'))
}
