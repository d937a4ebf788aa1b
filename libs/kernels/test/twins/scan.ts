import { type Scan, scanRecords } from '../../../storage/src/csv/scanner.ts'

const [LF, CR, QUOTE] = [0x0a, 0x0d, 0x22]

/** Returns the plain scanner's result, and where the separator after each field is. */
export function plainScan(bytes: Uint8Array, last: boolean, columns: number): Scan & { ends: number[] } {
  const withRoom = new Uint8Array(bytes.length + 1)
  withRoom.set(bytes)
  const bounds = new Int32Array(2 * (bytes.length + 1) + 4 * columns)
  const scan = scanRecords(withRoom, 0, bytes.length, last, columns, bounds)
  const ends = Array.from({ length: scan.records * columns }, (_, field) => {
    const end = bounds[2 * field + 1]
    return end < bytes.length && bytes[end] === CR ? end + 1 : end
  })
  return { ...scan, ends }
}

/** Whether a CR outside quotes is followed by another byte than a line feed or, where the bytes are the `last`, by none. */
export function hasStrayCr(bytes: Uint8Array, last: boolean): boolean {
  let quoted = false
  return bytes.some((byte, i) => {
    if (byte === QUOTE) quoted = !quoted
    return byte === CR && !quoted && bytes[i + 1] !== LF && (last || i + 1 < bytes.length)
  })
}
