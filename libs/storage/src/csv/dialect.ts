import type { Options } from 'csv-parse/sync'

/**
 * The dialect in csv-parse's words: RFC 4180, LF or CRLF, a byte order mark dropped, blank lines skipped. Our
 * scanner and csv-parse under these options accept the same files and find the same fields.
 */
export const dialect = {
  bom: true,
  record_delimiter: ['\r\n', '\n'],
  skip_empty_lines: true,
} satisfies Options
