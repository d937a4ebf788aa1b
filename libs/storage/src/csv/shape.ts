// What other programs need to know before they read a stored CSV. A conversion finds this out on the way.
import { EVERY } from '@table/kernels'
import { closeFile, openFile } from '../files.ts'
import { memory } from '../kernelMemory.ts'
import { withStoredLimits } from '../limits.ts'
import { BlockReader, withBlocks } from './blockReader.ts'
import { readStoredHeader } from './header.ts'
import { LineBreaks } from './lineBreaks.ts'

export interface CsvShape {
  /** A field may have a line break. */
  multiLine: boolean
  /** A field without quotes has a CR that ends no line: earlier releases took it, and other programs take it for a line end. */
  strayCr: boolean
}

/** Reads a stored CSV of so many columns. */
export function csvShape(path: string, columns: number): CsvShape {
  const csv = openFile(path)
  try {
    return withBlocks(() => {
      const { end } = withStoredLimits(() => readStoredHeader(csv))
      const extent = { end: csv.size, complete: true }
      const block = new BlockReader(csv, columns, EVERY, end, () => extent, true)
      const lineBreaks = new LineBreaks(csv, end)
      let strayCr = false
      while (block.next()) {
        strayCr ||= memory.kernels.scanStrayCr() !== 0
        lineBreaks.add(block)
      }
      return { multiLine: lineBreaks.inFields, strayCr }
    })
  } finally {
    closeFile(csv)
  }
}
