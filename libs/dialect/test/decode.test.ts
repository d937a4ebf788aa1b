import fc from 'fast-check'
import { expect, test } from 'vitest'
import { split } from '../../../testing/chunks.ts'
import { randomCases } from '../../../testing/form.ts'
import { decoded } from '../src/decode.ts'

async function decode(chunks: Iterable<Uint8Array>, encoding: string): Promise<string> {
  let text = ''
  for await (const piece of decoded(chunks, encoding)) text += piece
  return text
}

function utf16be(text: string): Buffer {
  return Buffer.from(text, 'utf16le').swap16()
}

/** A character for each byte, or none. */
function singleBytes(encoding: string): string[] {
  const decoder = new TextDecoder(encoding)
  return Array.from({ length: 256 }, (_, byte) => decoder.decode(Uint8Array.of(byte)))
}

function inSingleBytes(text: string, encoding: string): Buffer {
  const characters = singleBytes(encoding)
  return Buffer.from([...text].map(character => characters.indexOf(character)))
}

const unicode = fc.string({ unit: 'binary' })
const western = fc.string({ unit: fc.constantFrom(...singleBytes('windows-1252')) })
const encodings: [name: string, text: fc.Arbitrary<string>, encode: (text: string) => Buffer][] = [
  ['utf-8', unicode, text => Buffer.from(text)],
  ['utf-16le', unicode, text => Buffer.from(text, 'utf16le')],
  ['utf-16be', unicode, utf16be],
  ['windows-1252', western, text => inSingleBytes(text, 'windows-1252')],
]

test.each(encodings)('%s is decoded wherever its chunks end', async (name, texts, encode) => {
  await fc.assert(
    fc.asyncProperty(
      texts.filter(text => !text.startsWith('\uFEFF')),
      fc.boolean(),
      fc.array(fc.nat(20)),
      async (text, marked, cuts) => {
        // A file of UTF-16 has a line end, at least.
        const whole = `\n${text}`
        const mark = marked && name.startsWith('utf') ? '\uFEFF' : ''
        expect(await decode(split(encode(mark + whole), cuts), name)).toBe(whole)
      },
    ),
    { numRuns: randomCases(2000) },
  )
})

test('characters of several bytes are decoded wherever chunks end', async () => {
  // 日本語 in Shift_JIS, twice.
  const bytes = Buffer.from('93fa967b8cea0a93fa967b8cea', 'hex')
  for (let size = 1; size <= bytes.length; size++)
    expect(await decode(split(bytes, Array(bytes.length).fill(size)), 'shift_jis')).toBe('日本語\n日本語')
})

test.each([
  ['utf-8', 'x\nStra\xdfe\n', '0xdf at position 6 after "x\\nStra"'],
  [
    'utf-8',
    '\xff\xfex\0',
    "0xff at position 0, expected utf-8: name the file's encoding, perhaps --encoding utf-16le",
  ],
  ['utf-8', 'abc\xe2\x82', '0xe2 at position 3 after "abc"'],
  ['utf-8', `${'x'.repeat(40)}\xe9`, `0xe9 at position 40 after "${'x'.repeat(20)}"`],
  ['utf-16le', 'a\0\n\0\0\xdcb\0', '0x00 at position 4 after "a\\n", expected utf-16le: is --encoding'],
  ['utf-16le', 'a\0\n', '0x0a at position 2 after "a"'],
  ['shift_jis', 'ab\x81', '0x81 at position 2 after "ab"'],
])('in %s, %j has its wrong byte named', async (encoding, latin1, found) => {
  const bytes = Buffer.from(latin1, 'latin1')
  for (let size = 1; size <= bytes.length; size++)
    await expect(decode(split(bytes, Array(bytes.length).fill(size)), encoding)).rejects.toThrow(found)
})

test('a file that is not UTF-16, or in the other order of bytes, is no UTF-16 of strange letters', async () => {
  const wrong = 'no ASCII character in utf-16le, not even a line end: is --encoding the right one?'
  for (const bytes of [Buffer.from('x,y\n1,23\n'), utf16be('x,y\n1,2\n'), utf16be('\uFEFFx,y\n1,2\n')])
    await expect(decode([bytes], 'utf-16le')).rejects.toThrow(wrong)
})
