/** How a file differs from the CSV that the server takes: RFC 4180, UTF-8, header first. */
export interface Dialect {
  delimiter: string
  /** A name that TextDecoder knows. */
  encoding: string
  /** Unquoted fields that mean null. */
  nulls: readonly string[]
  /** `1,5` is the number 1.5. */
  decimalComma: boolean
  /** What lines without data begin with. */
  comment?: string
  /** The names of the columns of a file that has no header. */
  columns?: readonly string[]
  /** Lines may end in CR alone. */
  crEnds: boolean
}

/** What the server takes. */
export const plainCsv: Dialect = {
  delimiter: ',',
  encoding: 'utf-8',
  nulls: [],
  decimalComma: false,
  crEnds: false,
}

/** Whether files in an encoding can be read. */
export function isEncoding(name: string): boolean {
  try {
    // What the bytes of iso-2022-jp mean depends on all bytes before them, and files are decoded in pieces.
    return new TextDecoder(name).encoding !== 'iso-2022-jp'
  } catch {
    return false
  }
}
