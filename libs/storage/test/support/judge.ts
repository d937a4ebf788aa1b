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
 * Returns the records that csv-parse finds under the library's dialect, with the header first, or undefined if
 * csv-parse refuses the file.
 */
export function judgeFields(bytes: Buffer): JudgedField[][] | undefined {
  try {
    return parse(bytes, {
      ...dialect,
      cast: (text, { quoting }) => ({ text, quoted: quoting }),
    }) as unknown as JudgedField[][]
  } catch {
    return undefined
  }
}

/**
 * Returns what csv-parse finds in a file under the library's dialect, or undefined if csv-parse or one of our
 * rules refuses the file. A `stored` file may have a CR outside quotes that no LF follows.
 */
export function judge(bytes: Buffer, stored = false): Judged | undefined {
  const [header, ...records] = judgeFields(bytes) ?? []
  if (!header || !isUtf8(bytes)) return undefined
  const fields = [header, ...records].flat()
  if (!stored && fields.some(({ text, quoted }) => !quoted && text.includes('\r'))) return undefined
  return { names: namesOf(header.map(({ text }) => text)), records }
}

/** The names that the columns get: those that are empty or come twice are made. */
function namesOf(written: string[]): string[] {
  const names: string[] = []
  for (const [i, name] of written.entries()) {
    const base = name || `column${i + 1}`
    const numbered = written.map((_, other) => `${base}_${other + 1}`)
    const made = name ? numbered : [base, ...numbered]
    const isFirst = name !== '' && !names.includes(name)
    names.push(isFirst ? name : (made.find(one => !written.includes(one) && !names.includes(one)) as string))
  }
  return names
}
