import { parse } from 'csv-parse'
import type { Dialect } from './dialect.ts'
import { parserOptions, valueOfField } from './translate.ts'

export interface Preview {
  names: string[]
  /** An unquoted empty field is null, as the server has it. */
  rows: (string | null)[][]
}

/** Reads the first rows of a text, which may end anywhere. What cannot be read ends the preview: the upload tells why. */
export async function preview(text: string, dialect: Dialect, most: number): Promise<Preview> {
  const records: (string | null)[][] = []
  const header = dialect.columns ? 0 : 1
  const lastEnd = Math.max(text.lastIndexOf('\n'), dialect.crEnds ? text.lastIndexOf('\r') : -1)
  await new Promise<void>(resolve => {
    const parser = parse({
      ...parserOptions(dialect),
      bom: true,
      cast: (field, { quoting, records: before }) =>
        before < header ? field : valueOfField(field, quoting, dialect),
      on_record: (record: (string | null)[]) => {
        // Not by the option `to`, which the streams of the browser's build cannot do.
        if (records.length < most + header) records.push(record)
        return null
      },
    })
    parser.once('error', () => resolve())
    parser.once('finish', resolve)
    // The last record may be cut off, unless it is the only one.
    parser.end(lastEnd > 0 ? text.slice(0, lastEnd + 1) : text)
  })
  const names = dialect.columns ?? records.shift() ?? []
  return { names: names.map(name => name ?? ''), rows: records }
}
