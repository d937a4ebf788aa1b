/** What was compressed, byte by byte; undefined if it is not `size` bytes or the compressed ones are damaged. */
export function plainSnappy(bytes: Uint8Array, size: number): Uint8Array | undefined {
  let at = 0
  let short = false
  const next = (count: number) => {
    let number = 0
    for (let i = 0; i < count; i++) number += (bytes[at + i] ?? 0) * 2 ** (8 * i)
    at += count
    short ||= at > bytes.length
    return number
  }
  let said = 0
  for (let scale = 1; ; scale *= 128) {
    const byte = next(1)
    said += (byte & 0x7f) * scale
    if (byte < 0x80) break
    if (short) return undefined
  }
  if (said !== size) return undefined
  const out: number[] = []
  while (at < bytes.length) {
    const tag = next(1)
    const kind = tag & 3
    if (kind === 0) {
      const length = tag >> 2 < 60 ? (tag >> 2) + 1 : next((tag >> 2) - 59) + 1
      if (short || at + length > bytes.length || out.length + length > size) return undefined
      for (let i = 0; i < length; i++) out.push(next(1))
    } else {
      const length = kind === 1 ? ((tag >> 2) & 7) + 4 : (tag >> 2) + 1
      const offset = kind === 1 ? (tag >> 5) * 256 + next(1) : next(kind === 2 ? 2 : 4)
      if (short || offset === 0 || offset > out.length || out.length + length > size) return undefined
      for (let i = 0; i < length; i++) out.push(out[out.length - offset])
    }
  }
  return !short && out.length === size ? Uint8Array.from(out) : undefined
}
