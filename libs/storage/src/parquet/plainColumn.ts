/** Bytes that grow as they are written, seen as the element types that PLAIN pages consist of. */
export class GrowableBuffer {
  bytes = new Uint8Array(1024)
  ints = new Int32Array(this.bytes.buffer)
  doubles = new Float64Array(this.bytes.buffer)
  /** Bytes written. */
  length = 0

  /** Makes room for `count` more bytes. */
  reserve(count: number): void {
    if (this.length + count <= this.bytes.length) return
    const capacity = (Math.max(1.5 * this.bytes.length, this.length + count) + 7) & ~7
    this.bytes = new Uint8Array(this.bytes.buffer.transfer(capacity))
    this.ints = new Int32Array(this.bytes.buffer)
    this.doubles = new Float64Array(this.bytes.buffer)
  }
}

/** The end of a page: rows of the row group and bytes of its values before it. */
export interface PageEnd {
  row: number
  byte: number
}

const PAGE_BYTES = 1024 * 1024
const PAGE_ROWS = 128 * 1024

/**
 * One column of the row group under way: its values that are not null, in PLAIN encoding (booleans: a byte
 * each), which rows are null, and where its pages end.
 */
export class PlainColumn {
  readonly values = new GrowableBuffer()
  rows = 0
  nulls = 0
  /** A byte a row, 0 where it is null; undefined while no row is. */
  defined: Uint8Array | undefined
  pages: PageEnd[] = []

  #levels = new Uint8Array(0)
  #blockRecords = 0

  /** What the row group under way takes. */
  get bytes(): number {
    return this.values.length + (this.defined ? this.rows : 0)
  }

  /** To be called before a block of records is appended. */
  beginBlock(records: number): void {
    this.#blockRecords = records
    if (this.defined) this.#extendLevels()
  }

  /** Says that record `r` of the block is null. */
  addNull(r: number): void {
    if (!this.defined) this.#extendLevels()
    this.#levels[this.rows + r] = 0
    this.nulls++
  }

  endBlock(): void {
    this.rows += this.#blockRecords
    const { row, byte } = this.pages.at(-1) ?? { row: 0, byte: 0 }
    if (this.rows - row >= PAGE_ROWS || this.values.length - byte >= PAGE_BYTES) this.endPage()
  }

  endPage(): void {
    if (this.rows > (this.pages.at(-1)?.row ?? 0)) {
      this.pages.push({ row: this.rows, byte: this.values.length })
    }
  }

  /** Begins the next row group in the same memory. */
  clear(): void {
    this.values.length = 0
    this.rows = 0
    this.nulls = 0
    this.defined = undefined
    this.pages = []
  }

  #extendLevels(): void {
    const rows = this.rows + this.#blockRecords
    if (this.#levels.length < rows) {
      const larger = new Uint8Array(Math.max(2 * this.#levels.length, rows))
      larger.set(this.#levels)
      this.#levels = larger
    }
    this.#levels.fill(1, this.defined ? this.rows : 0, rows)
    this.defined = this.#levels
  }
}
