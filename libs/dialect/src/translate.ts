import { CsvWriter } from '@table/storage/csvWriter'
import { CsvError, type Options, type Parser, parse } from 'csv-parse'
import { problemWithPoint, withDecimalPoint } from './decimalComma.ts'
import { decoded } from './decode.ts'
import type { Dialect } from './dialect.ts'
import { DialectError } from './errors.ts'

/** The server takes no larger record; without a limit a quote that is never closed would take the memory of the whole file. */
const MAX_RECORD_BYTES = 16 * 1024 * 1024

const CR_ALONE = 'found a CR that no LF follows, expected LF or CRLF: if lines end so, add --line-end cr'

/** What csv-parse means, in the words of the server. */
const problems: Record<string, string> = {
  CSV_QUOTE_NOT_CLOSED: 'found a quote that is never closed, expected a closing quote',
  INVALID_OPENING_QUOTE: 'found a quote within a field, expected it doubled, in a quoted field',
  CSV_INVALID_CLOSING_QUOTE: 'found text after a closing quote, expected a delimiter or a line end',
  CSV_MAX_RECORD_SIZE: `found a record of more than ${MAX_RECORD_BYTES} bytes: perhaps a quote is never closed`,
}

/**
 * Yields the CSV that the server takes for the bytes of a file in another dialect. A chunk is done with when the next one is
 * asked for. Throws DialectError with the line that cannot be read.
 */
export async function* translated(
  chunks: Iterable<Uint8Array> | AsyncIterable<Uint8Array>,
  dialect: Dialect,
): AsyncGenerator<Uint8Array> {
  let writer = dialect.columns && new CsvWriter(dialect.columns)
  let columns = dialect.columns?.length ?? 0
  const listed = dialect.columns ? '--columns' : 'the header'
  let begun = false
  const parser = parse({
    ...parserOptions(dialect),
    cast: (text, { quoting, lines, column }) => {
      const problem = problemOf(text, quoting, writer ? dialect : undefined)
      if (problem) throw new DialectError(`line ${lines}, column ${Number(column) + 1}: ${problem}`)
      return writer ? valueOfField(text, quoting, dialect) : text
    },
    // Nothing comes out of the parser, so that it never waits for a reader.
    on_record: (record: (string | null)[], { lines }) => {
      if (!begun && isSeparatorLine(record, dialect)) return null
      begun = true
      if (writer && record.length !== columns)
        throw new DialectError(
          `line ${lines}: found ${record.length} fields, expected ${columns} as in ${listed}`,
        )
      if (writer) writer.writeRecord(record)
      else {
        writer = new CsvWriter(record as string[])
        columns = record.length
      }
      return null
    },
  })
  parser.on('error', () => {}) // `write` and `end` throw it.
  for await (const text of decoded(chunks, dialect.encoding)) {
    await write(parser, text)
    if (writer) yield writer.take()
  }
  await end(parser)
  if (writer) yield writer.take()
}

/** The dialect in csv-parse's words. */
export function parserOptions({ delimiter, comment, crEnds }: Dialect): Options {
  return {
    delimiter,
    record_delimiter: crEnds ? ['\r\n', '\n', '\r'] : ['\r\n', '\n'],
    skip_empty_lines: true,
    relax_column_count: true, // told with the line, by `translated`
    max_record_size: MAX_RECORD_BYTES,
    ...(comment !== undefined && { comment, comment_no_infix: true }),
  }
}

/** `dialect` is undefined in the header, where nothing is a number. */
function problemOf(text: string, quoted: boolean, dialect: Dialect | undefined): string | undefined {
  if (!quoted && text.includes('\r')) return CR_ALONE
  return dialect?.decimalComma ? problemWithPoint(text) : undefined
}

export function valueOfField(text: string, quoted: boolean, { nulls, decimalComma }: Dialect): string | null {
  if (!quoted && (text === '' || nulls.includes(text))) return null
  return decimalComma ? withDecimalPoint(text) : text
}

/** Whether the record is Excel's first line `sep=;`, which is no header. Throws DialectError if it names another delimiter. */
function isSeparatorLine([first, ...others]: (string | null)[], { delimiter }: Dialect): boolean {
  if (others.length === 0 && /^sep=.$/u.test(first ?? ''))
    throw new DialectError(
      `line 1: found ${first}, expected fields separated by ${delimiter}: change --delimiter`,
    )
  return first === 'sep=' && others.length === 1 && !others[0]
}

function write(parser: Parser, text: string): Promise<void> {
  return new Promise((resolve, reject) =>
    parser.write(text, error => (error ? reject(inTermsOfDialects(error)) : resolve())),
  )
}

/** The browser has csv-parse's streams and none of Node's helpers for them. */
function end(parser: Parser): Promise<void> {
  return new Promise((resolve, reject) => {
    parser.once('error', error => reject(inTermsOfDialects(error)))
    parser.once('finish', resolve)
    parser.end()
  })
}

function inTermsOfDialects(error: Error): Error {
  if (!(error instanceof CsvError)) return error
  return new DialectError(`line ${error.lines}: ${problems[error.code] ?? error.message}`, { cause: error })
}
