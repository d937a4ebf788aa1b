import { type Dialect, plainCsv, suggestionFor, withDecimalPoint } from '@table/dialect'
import type { Preview } from '@table/dialect/preview'
import { ApiError } from '../api/problem.ts'
import type { Body } from './queue.ts'

const BLOCK = 64 * 1024
const ROWS = 20
/** Bytes of a translation that are handed over to the browser at once. */
const BLOB = 8 * 1024 * 1024

/** Whether gzip has packed the file. */
export async function isGzip(file: Blob): Promise<boolean> {
  const start = new Uint8Array(await file.slice(0, 3).arrayBuffer())
  return start[0] === 0x1f && start[1] === 0x8b && start[2] === 0x08
}

/** Yields the bytes of a file, unpacked. Not every browser iterates over streams itself. */
export async function* contentOf(file: Blob, isPacked: boolean): AsyncGenerator<Uint8Array> {
  const stream = isPacked ? file.stream().pipeThrough(new DecompressionStream('gzip')) : file.stream()
  const reader = stream.getReader()
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (done) return
      yield value
    }
  } finally {
    await reader.cancel()
  }
}

export async function firstBlock(file: Blob): Promise<Uint8Array> {
  const block = new Uint8Array(BLOCK)
  let length = 0
  try {
    for await (const chunk of contentOf(file, await isGzip(file))) {
      const part = chunk.subarray(0, BLOCK - length)
      block.set(part, length)
      length += part.length
      if (length === BLOCK) break
    }
  } catch {
    // A damaged file is told by the upload.
  }
  return block.subarray(0, length)
}

/** Returns the dialect in which a file that begins with `block` seems to be. */
export function dialectFor(block: Uint8Array): Dialect {
  let dialect = plainCsv
  const encoding = suggestionFor(block, isUtf8(block))?.encoding
  if (encoding !== undefined) dialect = { ...dialect, encoding }
  const text = textOf(block, dialect.encoding)
  const seen = suggestionFor(new TextEncoder().encode(text), true)
  // Lines that begin with # may stand before a header with another delimiter.
  const rest = seen?.comment === undefined ? undefined : text.replace(/^(?:#[^\n]*\n)+/, '')
  const further = rest === undefined ? undefined : suggestionFor(new TextEncoder().encode(rest), true)
  dialect = { ...dialect, ...further, ...seen }
  return { ...dialect, decimalComma: dialect.delimiter !== ',' && hasDecimalCommas(text, dialect) }
}

function hasDecimalCommas(text: string, { delimiter }: Dialect): boolean {
  const fields = text.split(/[\r\n]+/, ROWS).flatMap(line => line.split(delimiter))
  return fields.some(field => withDecimalPoint(field) !== field)
}

function isUtf8(block: Uint8Array): boolean {
  try {
    // The block may end within a character.
    new TextDecoder('utf-8', { fatal: true }).decode(block, { stream: true })
    return true
  } catch {
    return false
  }
}

function textOf(block: Uint8Array, encoding: string): string {
  return new TextDecoder(encoding).decode(block, { stream: true })
}

export async function previewOf(block: Uint8Array, dialect: Dialect): Promise<Preview> {
  const { preview } = await import('@table/dialect/preview')
  return preview(textOf(block, dialect.encoding), dialect, ROWS)
}

export function isPlain(dialect: Dialect): boolean {
  const { delimiter, encoding, nulls, decimalComma, comment, columns, crEnds } = dialect
  const standard = delimiter === ',' && encoding === 'utf-8' && nulls.length === 0
  return standard && !decimalComma && comment === undefined && columns === undefined && !crEnds
}

/** Makes what is sent of a file: the file itself, or its translation, since HTTP/1.1 wants the length of a body first. */
export async function bodyOf(file: File, dialect: Dialect, signal: AbortSignal): Promise<Body> {
  const isPacked = await isGzip(file)
  if (isPlain(dialect)) return { blob: file, isPacked }
  const { translated } = await import('@table/dialect/translate')
  const content = contentOf(file, isPacked)
  try {
    return { blob: await blobOf(translated(content, dialect), signal), isPacked: false }
  } catch (error) {
    throw placed(error)
  }
}

/** Hands the bytes over to the browser a part at a time: the memory of the page stays small, and the browser may use the disk. */
async function blobOf(chunks: AsyncIterable<Uint8Array>, signal: AbortSignal): Promise<Blob> {
  const blobs: Blob[] = []
  let part: BlobPart[] = []
  let bytes = 0
  for await (const chunk of chunks) {
    signal.throwIfAborted()
    // The memory of a chunk is used again for the next one.
    part.push(chunk.slice())
    bytes += chunk.length
    if (bytes < BLOB) continue
    blobs.push(new Blob(part))
    part = []
    bytes = 0
  }
  return new Blob([...blobs, ...part])
}

/** The lines of a file that cannot be translated are shown as those that the server refuses. */
function placed(error: unknown): unknown {
  const message = (error as Error).message ?? ''
  const [, line, column] = /^line (\d+)(?:, column (\d+))?/.exec(message) ?? []
  if (line === undefined) return error
  return new ApiError(400, message, Number(line), column === undefined ? undefined : Number(column))
}
