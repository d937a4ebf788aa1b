// What other programs need to know before they read a CSV.
import { EVERY } from '@table/kernels'
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { closeFile, openFile } from '../files.ts'
import { withStoredLimits } from '../limits.ts'
import { BlockReader, withBlocks } from './blockReader.ts'
import { readStoredHeader } from './header.ts'
import { LineBreaks } from './lineBreaks.ts'

export interface CsvShape {
  /** A field may have a line break. Only if this is false, every line break ends a record. */
  multiLine: boolean
  /** Other programs may find other records in it than we do. */
  ambiguousLines: boolean
}

/** Reads a CSV of so many columns that has been converted. */
export function csvShape(path: string, columns: number, cancellation?: Cancellation): CsvShape {
  const csv = openFile(path)
  try {
    return withBlocks(() => {
      const { end } = withStoredLimits(() => readStoredHeader(csv))
      const extent = { end: csv.size, complete: true }
      const block = new BlockReader(csv, columns, EVERY, end, () => extent, true)
      const lineBreaks = new LineBreaks(csv, end)
      while (block.next()) {
        throwIfCancelled(cancellation)
        lineBreaks.add(block)
      }
      return { multiLine: lineBreaks.inFields, ambiguousLines: lineBreaks.areAmbiguous }
    })
  } finally {
    closeFile(csv)
  }
}
