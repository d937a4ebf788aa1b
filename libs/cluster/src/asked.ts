// What a SELECT asks for, as its text shows before an engine has seen it.
import { ServiceError } from '@table/table'

/** How a query may begin. An engine takes queries alone in brackets, and says less clearly what is wrong with others. */
const beginnings = ['SELECT', 'WITH', 'FROM', 'VALUES', 'TABLE']

/** Throws `invalid-data` if the first word of a statement does not begin a query. */
export function expectQuery(sql: string): void {
  const [word] = /^\w+/.exec(sql.replace(/^(?:\s+|--.*(?:\n|$)|\/\*[\s\S]*?\*\/|\()+/, '')) ?? []
  if (word === undefined || beginnings.includes(word.toUpperCase())) return
  throw new ServiceError('invalid-data', `found ${word.slice(0, 100)}, expected a SELECT: a query only reads`)
}

/** What a text may ask for. */
export interface Asked {
  data: boolean
  uploads: boolean
  /** The columns of `data` with the upload of a row, which are slow: the text names them, or asks for all columns. */
  uploadOfRows: 'named' | 'with all columns' | 'no'
}

export function askedFor(sql: string): Asked {
  return { data: /data/i.test(sql), uploads: /uploads/i.test(sql), uploadOfRows: askedUpload(sql) }
}

function askedUpload(sql: string): Asked['uploadOfRows'] {
  if (/_upload|_received_at/i.test(sql)) return 'named'
  const withoutCounts = sql.replace(/\bcount\s*\(\s*\*\s*\)/gi, '')
  const words = (word: RegExp) => sql.match(word)?.length ?? 0
  const hasAll =
    /\*|\b(?:table|natural|pivot|unpivot)\b/i.test(withoutCounts) ||
    // A query without SELECT has all columns.
    words(/\bfrom\b/gi) > words(/\bselect\b/gi)
  return hasAll ? 'with all columns' : 'no'
}
