import { isUtf8 } from 'node:buffer'
import { parse } from 'csv-parse/sync'
import { dialect } from '../../src/csv/dialect.ts'

/** A field as csv-parse found it. */
export interface JudgedField {
  text: string
  quoted: boolean
}

export interface Judged {
  names: readonly string[]
  records: JudgedField[][]
}

/**
 * Returns what csv-parse finds in a file under the library's dialect, or undefined if csv-parse or one of our
 * rules refuses the file.
 */
export function judge(bytes: Buffer): Judged | undefined {
  let records: JudgedField[][]
  try {
    records = parse(bytes, {
      ...dialect,
      cast: (text, { quoting }) => ({ text, quoted: quoting }),
    }) as unknown as JudgedField[][]
  } catch {
    return undefined
  }
  const [header, ...rest] = records
  if (!header || !isUtf8(bytes)) return undefined
  const names = header.map(({ text }) => text)
  return new Set(names).size === names.length ? { names, records: rest } : undefined
}
