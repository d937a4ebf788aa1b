import { createHash, type Hash } from 'node:crypto'
import { crc32 } from 'node:zlib'
import { type Dialect, DialectError, optionFor } from '@table/dialect'
import { CliError } from '../errors.ts'
import type { UploadSource } from '../streamedUpload.ts'
import type { OpenSource } from '../uploader.ts'
import { type Packing, packingOf, unpacked } from './unpack.ts'

/** Of all bytes of an upload. */
interface Measure {
  size: number
  crc: number
}

/** What is uploaded of a file. */
export interface CsvUpload {
  /** Gives the same bytes each time, or an error. */
  open: OpenSource
  /** Of these bytes, if it was asked for. */
  sha256: Uint8Array | undefined
}

/**
 * Makes an upload of a file: unpacked, if gzip or zstd have packed it, and translated, if it has a `dialect`. The length of an
 * upload goes before its bytes, so such a file is read once for its length alone. `hashed`: the SHA-256 is asked for. Throws CliError if
 * the file cannot be read, unpacked or translated.
 */
export async function csvUpload(
  file: OpenSource,
  dialect: Dialect | undefined,
  hashed = false,
): Promise<CsvUpload> {
  const packing = packingOf(await firstChunk(file))
  if (!packing && !dialect && !hashed) return { open: file, sha256: undefined }
  const csvOf = await converter(packing, dialect)
  const hash = hashed ? createHash('sha256') : undefined
  const measure = await file(source => measured(csvOf(source), hash))
  return {
    open: use => file(source => use({ size: measure.size, chunks: unchanged(csvOf(source), measure) })),
    sha256: hash?.digest(),
  }
}

/** Says which option may help the file that the server has refused; empty if none is known, or the refusal names it. */
export async function adviceFor(file: OpenSource, refusal: string): Promise<string> {
  if (refusal.includes('--')) return ''
  const packing = packingOf(await firstChunk(file))
  const option = optionFor(await firstChunk(file, await converter(packing, undefined)), refusal)
  return option === undefined ? '' : ` (try ${option})`
}

/** What turns a file into the bytes of its upload. */
export type Converter = (file: UploadSource) => UploadSource['chunks']

/** Returns what unpacks and translates a file. */
export async function converter(
  packing: Packing | undefined,
  dialect: Dialect | undefined,
): Promise<Converter> {
  const unpack: Converter = file => (packing ? unpacked(file, packing) : file.chunks)
  if (!dialect) return unpack
  // Loaded when it is needed: the storage library takes longer to load than all the rest of the CLI.
  const { translated } = await import('@table/dialect/translate')
  return file => inTermsOfCli(translated(unpack(file), dialect))
}

async function* inTermsOfCli(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
  try {
    yield* chunks
  } catch (error) {
    throw error instanceof DialectError ? new CliError(error.message, { cause: error }) : error
  }
}

async function firstChunk(file: OpenSource, convert: Converter = source => source.chunks): Promise<Buffer> {
  return file(async source => {
    for await (const chunk of convert(source)) return Buffer.from(chunk)
    return Buffer.alloc(0)
  })
}

async function measured(chunks: UploadSource['chunks'], hash: Hash | undefined): Promise<Measure> {
  const measure = { size: 0, crc: 0 }
  for await (const chunk of chunks) {
    measure.size += chunk.length
    measure.crc = crc32(chunk, measure.crc)
    hash?.update(chunk)
  }
  return measure
}

/** Yields the same bytes again. Throws CliError before the last chunk if they are not those that were measured. */
async function* unchanged(chunks: UploadSource['chunks'], measure: Measure): AsyncGenerator<Uint8Array> {
  let size = 0
  let crc = 0
  let last: Buffer | undefined
  for await (const chunk of chunks) {
    if (last) yield last
    last = Buffer.from(chunk)
    size += chunk.length
    crc = crc32(chunk, crc)
    if (size > measure.size) throw changed()
  }
  if (size < measure.size || crc !== measure.crc) throw changed()
  if (last) yield last
}

function changed(): CliError {
  return new CliError('changed while it was read: upload it again when nothing writes to it')
}
