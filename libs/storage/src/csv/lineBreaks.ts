// Programs that divide a CSV among several readers at its line ends need to know whether a field has a line break.
import { type OpenFile, readParts } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import type { BlockReader } from './blockReader.ts'
import { LINE_FEED, QUOTE } from './dialect.ts'

/** Finds out, block by block, whether a field of a file may have a line break. */
export class LineBreaks {
  /** Whether one may have a line break so far. Blank lines count as if they did. */
  inFields = false

  /** `headerEnd`: where the header record ends in the file. */
  constructor(csv: OpenFile, headerEnd: number) {
    for (const bytes of readParts(csv, 0, Math.max(0, headerEnd - 1)))
      this.inFields ||= bytes.includes(LINE_FEED)
  }

  add({ bounds: { from, to }, records }: BlockReader): void {
    if (this.inFields) return
    const { bytes, kernels } = memory
    const unended = bytes[to - 1] === LINE_FEED ? 0 : 1
    if (kernels.countLineFeeds(from, to) + unended <= records) return
    this.inFields = bytes.subarray(from, to).includes(QUOTE)
  }
}
