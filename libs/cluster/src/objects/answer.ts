// What the answers of a store say.
import type { IncomingMessage } from 'node:http'
import { damagedFile } from '@table/storage'
import { element } from './listing.ts'
import { Transient } from './retry.ts'

/** The most bytes of an answer that is no object: a list, or an error. */
const MOST_TEXT = 4 * 1024 * 1024

/** Throws, with what the store says, if an answer has another status. */
export async function expectStatus(answer: IncomingMessage, ...expected: number[]): Promise<void> {
  const { statusCode = 0 } = answer
  if (expected.includes(statusCode)) return
  const xml = await textOf(answer)
  const said = [element(xml, 'Code'), element(xml, 'Message')].filter(text => text !== '').join(': ')
  throw new Error(`the object store answered ${statusCode}${said === '' ? '' : ` (${said})`}`)
}

/** Throws StorageError `damaged` if the answer is not a part of an object of this size. */
export async function expectSize(key: string, answer: IncomingMessage, bytes: number): Promise<void> {
  const { statusCode, headers } = answer
  if (statusCode === 404) {
    discard(answer)
    throw damagedFile(key, 'is missing')
  }
  const [, found] = /\/(\d+)$/.exec(headers['content-range'] ?? '') ?? []
  if ((statusCode === 206 || statusCode === 416) && found !== undefined && Number(found) !== bytes) {
    discard(answer)
    throw damagedFile(key, `has ${found} bytes, expected ${bytes}`)
  }
  await expectStatus(answer, 206)
}

/** Reads the rest of an answer that nobody needs. */
export function discard(answer: IncomingMessage): undefined {
  answer.resume()
}

/** Returns the whole text of an answer. */
export async function textOf(answer: IncomingMessage): Promise<string> {
  const parts: Uint8Array[] = []
  let bytes = 0
  try {
    for await (const part of answer) {
      bytes += part.length
      if (bytes > MOST_TEXT) throw new Error(`an answer has more than ${MOST_TEXT} bytes`)
      parts.push(part)
    }
  } catch (error) {
    throw new Transient('the answer of the object store broke off', { cause: error })
  }
  return Buffer.concat(parts).toString()
}
