import type { Answer, ArrowColumn } from './column.ts'
import { type ArrowArray, endOfStream, recordBatch, schemaMessage } from './messages.ts'

const NOTHING = new Uint8Array(0)

/** Yields an answer as an Arrow IPC stream. The bytes are valid until the next ones. Every column begins at bit 0. */
export async function* arrowOf({ fields, batches }: Answer): AsyncGenerator<Uint8Array, void, undefined> {
  yield schemaMessage(fields)
  for await (const { rows, columns } of batches)
    yield* recordBatch(
      rows,
      columns.map(column => arrayOf(column, rows)),
    )
  yield endOfStream
}

function arrayOf({ values, offsets, valid }: ArrowColumn, rows: number): ArrowArray {
  const nulls = valid ? rows - ones(valid, rows) : 0
  const bits = valid && nulls > 0 ? valid : NOTHING
  return { nulls, buffers: [bits, ...(offsets ? [bytesOf(offsets)] : []), bytesOf(values)] }
}

function bytesOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength)
}

/** Counts the ones among the first bits. */
function ones(bits: Uint8Array, count: number): number {
  let found = 0
  for (let i = 0; i < count >> 3; i++) found += onesOfByte[bits[i] as number] as number
  const rest = (bits[count >> 3] ?? 0) & ((1 << (count & 7)) - 1)
  return found + (onesOfByte[rest] as number)
}

const onesOfByte = Uint8Array.from({ length: 256 }, (_, byte) => byte.toString(2).replaceAll('0', '').length)
