import type { Dialect } from '@table/dialect'
import { TableService, type UploadResp } from '@table/proto'
import { ask } from '../client.ts'
import { failure } from '../colours.ts'
import { adviceFor, csvUpload } from '../dialect/source.ts'
import { CliError, oneLine, UnreachableError } from '../errors.ts'
import { openFileSource, withFileSource } from '../fileSource.ts'
import type { Input } from '../inputs.ts'
import { onInterrupt } from '../interrupt.ts'
import type { Target } from '../target.ts'
import { standardInput, temporaryFile } from '../temporaryFile.ts'
import { type OpenSource, Uploader } from '../uploader.ts'
import { UploadDisplay } from './display.ts'
import { onceId } from './onceId.ts'

export interface UploadOptions {
  /** How many files go up at the same time. */
  jobs: number
  dialect: Dialect | undefined
  /** What is stored already under the same name is not stored again. */
  once: boolean
}

/**
 * Uploads files over one connection. A file that fails is named on standard error, and the others still go up. Returns whether all files are
 * stored. Throws UnreachableError, because then no other file can be uploaded either.
 */
export async function uploadFiles(
  target: Target,
  inputs: readonly Input[],
  options: UploadOptions,
): Promise<boolean> {
  const display = new UploadDisplay(inputs)
  const uploader = new Uploader(target, note => display.note(note))
  display.watch(uploader)
  const forget = onInterrupt(() => display.interrupted())
  let failed = 0
  let ended = false
  try {
    await uploader.connect()
    const isAgain = options.once ? await knownUploads(target, uploader) : () => false
    const waiting = inputs.values()
    const uploadInTurn = async () => {
      for (const input of waiting) {
        if (ended) return
        const transfer = display.begin(input)
        try {
          const onSent = (bytes: number, size: number) => display.sent(transfer, bytes, size)
          const answer = await uploadInput(uploader, input, options, onSent)
          display.stored(input, answer, isAgain(answer))
        } catch (error) {
          if (!(error instanceof CliError) || error instanceof UnreachableError) throw error
          failed++
          display.note(failure(`${input.label}: ${error.message}`))
        }
        display.end(transfer)
      }
    }
    await Promise.all(Array.from({ length: options.jobs }, uploadInTurn))
  } finally {
    ended = true
    forget()
    display.finish()
    uploader.close()
    // Otherwise the process would wait for input that nobody reads any more.
    if (inputs.some(({ path }) => path === undefined)) process.stdin.destroy()
  }
  return failed === 0
}

async function uploadInput(
  uploader: Uploader,
  input: Input,
  { dialect, once }: UploadOptions,
  onSent: (bytes: number, size: number) => void,
): Promise<UploadResp> {
  const { path, name } = input
  const send = async (file: OpenSource) => {
    const { open, sha256 } = await csvUpload(file, dialect, once)
    const uploadId = sha256 && onceId(name, sha256)
    const answer = await uploader.upload(open, { uploadId, name, onSent })
    if (answer.error === '') return answer
    throw new CliError(oneLine(answer.error) + (dialect ? '' : await adviceFor(file, answer.error)))
  }
  if (path !== undefined) return send(use => withFileSource(path, use))
  const file = await temporaryFile(standardInput())
  try {
    input.bytes = (await file.stat()).size
    return await send(use => openFileSource(file, use))
  } finally {
    await file.close()
  }
}

/**
 * Returns what tells from an answer whether the upload was stored before: its id is then not higher than the newest one was at the start, or
 * it came before. Of a server that does not list its uploads, or not to us, nothing is known.
 */
async function knownUploads(target: Target, uploader: Uploader): Promise<(answer: UploadResp) => boolean> {
  const session = await uploader.connect()
  const request = { pageSize: 1, cursor: '', oldestFirst: false, receivedFrom: '', receivedBefore: '' }
  const newest = await ask({ target, session }, TableService.listUploads, request).then(
    ({ uploads }) => uploads[0]?.id ?? 0n,
    () => 0n,
  )
  const seen = new Set<bigint>()
  return ({ id }) => {
    const isKnown = id <= newest || seen.has(id)
    seen.add(id)
    return isKnown
  }
}
