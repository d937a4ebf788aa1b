import type { Dialect } from './dialect.ts'

/** UTF-16 has a zero in one of two bytes of ASCII, and UTF-8 has none. */
const MANY_ZEROS = 0.3

/** Characters that no text has. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const CONTROL = /[\0-\x08\x0e-\x1a\x1c-\x1f]/

/** Which UTF-16 a file is that begins with `block`, with a byte order mark or without; undefined if it is none. */
export function utf16Of(block: Uint8Array): 'utf-16le' | 'utf-16be' | undefined {
  if (block[0] === 0xff && block[1] === 0xfe) return 'utf-16le'
  if (block[0] === 0xfe && block[1] === 0xff) return 'utf-16be'
  const zeros = [0, 0] as [number, number]
  block.forEach((byte, i) => {
    if (byte === 0) zeros[(i % 2) as 0 | 1]++
  })
  const many = (MANY_ZEROS * block.length) / 2
  if (zeros[1] > many && zeros[0] < many) return 'utf-16le'
  return zeros[0] > many && zeros[1] < many ? 'utf-16be' : undefined
}

/** What to change in the dialect of a file that begins with `block`, as far as can be seen. `isUtf8`: whether the file may be UTF-8. */
export function suggestionFor(block: Uint8Array, isUtf8: boolean): Partial<Dialect> | undefined {
  const utf16 = utf16Of(block)
  if (utf16) return { encoding: utf16 }
  const text = new TextDecoder('latin1').decode(block)
  // A picture is no text in any encoding.
  if (CONTROL.test(text)) return undefined
  if (!isUtf8) return { encoding: 'windows-1252' }
  if (text.includes('\r') && !text.includes('\n')) return { crEnds: true }
  const [first = ''] = text.split(/[\r\n]/, 1)
  if (first.startsWith('#')) return { comment: '#' }
  const delimiter = first.includes(',') ? undefined : /[;\t|]/.exec(first)?.[0]
  return delimiter === undefined ? undefined : { delimiter }
}

/** The option of table-cli with which a file may go up that begins with `block` and that the server has refused. */
export function optionFor(block: Uint8Array, refusal: string): string | undefined {
  const suggestion = suggestionFor(block, !refusal.includes('not UTF-8'))
  if (!suggestion) return undefined
  const { encoding, crEnds, comment, delimiter } = suggestion
  if (encoding !== undefined) return `--encoding ${encoding}`
  if (crEnds) return '--line-end cr'
  return comment === undefined
    ? `--delimiter '${delimiter === '\t' ? '\\t' : delimiter}'`
    : `--comment '${comment}'`
}
