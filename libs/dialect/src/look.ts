/** UTF-16 has a zero in one of two bytes of ASCII, and UTF-8 has none. */
const MANY_ZEROS = 0.3

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

/** The option of table-cli with which a file may go up that begins with `block` and that the server has refused. */
export function optionFor(block: Uint8Array, refusal: string): string | undefined {
  const utf16 = utf16Of(block)
  if (utf16) return `--encoding ${utf16}`
  if (refusal.includes('not UTF-8')) return '--encoding windows-1252'
  const text = new TextDecoder('latin1').decode(block)
  if (text.includes('\r') && !text.includes('\n')) return '--line-end cr'
  const [first = ''] = text.split(/[\r\n]/, 1)
  if (first.startsWith('#')) return "--comment '#'"
  const delimiter = first.includes(',') ? undefined : /[;\t|]/.exec(first)?.[0]
  return delimiter && `--delimiter '${delimiter === '\t' ? '\\t' : delimiter}'`
}
