// Programs that divide a CSV among several readers at its line ends need to know whether a field has a line break, and some take other
// bytes for line ends than we do.
import { CR_ALONE, CR_BEFORE_LF } from '@table/kernels'
import { type OpenFile, readParts } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import type { BlockReader } from './blockReader.ts'
import { BYTE_ORDER_MARK_BYTES, CARRIAGE_RETURN, hasByteOrderMark, LINE_FEED, QUOTE } from './dialect.ts'

/** Finds out, block by block, how other programs may see the lines of a file. */
export class LineBreaks {
  /** Whether a field may have a line break so far. Blank lines count as if they did. */
  inFields = false
  /** A CR stands alone, or a blank line stands before the header. */
  #odd = false
  /** The first line ends with a line feed alone. Undefined: the header has no line feed. */
  #firstIsLf: boolean | undefined
  #hasCrLf = false

  /** `headerEnd`: where the header record ends in the file. */
  constructor(csv: OpenFile, headerEnd: number) {
    let at = 0
    let last = 0
    for (const bytes of readParts(csv, 0, headerEnd)) {
      if (at === 0) this.#odd = isBlank(bytes)
      for (const byte of bytes) {
        at++
        if (byte === LINE_FEED) this.#addLineFeed(last === CARRIAGE_RETURN, at === headerEnd)
        else if (last === CARRIAGE_RETURN) this.#odd = true
        last = byte
      }
    }
    if (last === CARRIAGE_RETURN) this.#odd = true
  }

  /**
   * Whether other programs may find other records than we do: some end a line at a CR alone, and those that look for line breaks in fields
   * take the first line end that they meet for that of the whole file.
   */
  get areAmbiguous(): boolean {
    return this.#odd || (this.inFields && this.#firstIsLf === true && this.#hasCrLf)
  }

  add({ bounds: { from, to }, records }: BlockReader): void {
    const { bytes, kernels } = memory
    if (!this.#odd) {
      const found = kernels.surveyCarriageReturns(from, to)
      this.#odd = (found & CR_ALONE) !== 0
      this.#hasCrLf ||= (found & CR_BEFORE_LF) !== 0
    }
    if (this.inFields) return
    const unended = bytes[to - 1] === LINE_FEED ? 0 : 1
    if (kernels.countLineFeeds(from, to) + unended <= records) return
    this.inFields = bytes.subarray(from, to).includes(QUOTE)
  }

  #addLineFeed(isCrLf: boolean, endsHeader: boolean): void {
    this.#firstIsLf ??= !isCrLf
    this.#hasCrLf ||= isCrLf
    this.inFields ||= !endsHeader
  }
}

/** Whether a file that begins with these bytes begins with a blank line. */
function isBlank(bytes: Uint8Array): boolean {
  const first = bytes[hasByteOrderMark(bytes) ? BYTE_ORDER_MARK_BYTES : 0]
  return first === LINE_FEED || first === CARRIAGE_RETURN
}
