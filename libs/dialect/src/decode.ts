import { DialectError } from './errors.ts'
import { utf16Of } from './look.ts'

/** The most bytes that a character has, in any encoding that TextDecoder knows. */
const LONGEST_CHARACTER = 4
/** Bytes that UTF-16 may have without a character of ASCII. */
const LONGEST_STRANGE = 1024 * 1024
/** Characters. */
const TEXT_SHOWN = 20

/**
 * Yields the text of a file in pieces, without its byte order mark. Throws DialectError that names the first byte that the
 * encoding does not have.
 */
export async function* decoded(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  encoding: string,
): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0)
  let before = ''
  let position = 0
  // Bytes of another encoding are nearly always UTF-16 as well, of letters that nobody wrote.
  let strange = encoding.startsWith('utf-16')
  for await (const chunk of chunks) {
    const bytes = joined(rest, chunk)
    const { text, end } = wholeCharacters(bytes, encoding)
    if (bytes.length - end >= LONGEST_CHARACTER) throw notEncoded(bytes, encoding, before, position)
    yield position === 0 ? text.replace(/^\uFEFF/, '') : text
    strange &&= !/[\t\n\r -~]/.test(text)
    position += end
    if (strange && position > LONGEST_STRANGE) break
    before = (before + text).slice(-TEXT_SHOWN)
    rest = bytes.slice(end) // the memory of a chunk may be used again
  }
  if (strange && position > 0)
    throw new DialectError(
      `has no ASCII character in ${encoding}, not even a line end: is --encoding the right one?`,
    )
  if (rest.length > 0) throw notEncoded(rest, encoding, before, position)
}

function joined(first: Uint8Array, second: Uint8Array): Uint8Array {
  if (first.length === 0) return second
  const both = new Uint8Array(first.length + second.length)
  both.set(first)
  both.set(second, first.length)
  return both
}

/** Decodes as much as can be decoded; only the last character of a piece may lack bytes, where nothing is wrong. */
function wholeCharacters(bytes: Uint8Array, encoding: string): { text: string; end: number } {
  for (let end = bytes.length; end > bytes.length - LONGEST_CHARACTER && end > 0; end--) {
    const text = decode(bytes.subarray(0, end), encoding)
    if (text !== undefined) return { text, end }
  }
  return { text: '', end: 0 }
}

function decode(bytes: Uint8Array, encoding: string, stream = false): string | undefined {
  try {
    return new TextDecoder(encoding, { fatal: true, ignoreBOM: true }).decode(bytes, { stream })
  } catch {
    return undefined
  }
}

/** `before` and `position` are what comes before `bytes` in the file. */
function notEncoded(bytes: Uint8Array, encoding: string, before: string, position: number): DialectError {
  let right = 0
  for (let wrong = bytes.length + 1; wrong - right > 1; ) {
    const middle = Math.floor((right + wrong) / 2)
    if (decode(bytes.subarray(0, middle), encoding, true) === undefined) wrong = middle
    else right = middle
  }
  const { text, end } = wholeCharacters(bytes.subarray(0, right), encoding)
  const found = `found byte 0x${hex(bytes[end])} at position ${position + end}`
  const shown = (before + text).slice(-TEXT_SHOWN)
  const after = shown === '' ? '' : ` after ${JSON.stringify(shown)}`
  const other = position === 0 ? utf16Of(bytes) : undefined
  const help =
    encoding === 'utf-8'
      ? `name the file's encoding, perhaps --encoding ${other ?? 'windows-1252'}`
      : 'is --encoding the right one?'
  return new DialectError(`${found}${after}, expected ${encoding}: ${help}`)
}

function hex(byte = 0): string {
  return byte.toString(16).padStart(2, '0')
}
