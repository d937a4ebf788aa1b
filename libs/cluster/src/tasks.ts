// What worker threads do for a table in a cluster: everything that converts or reads files of the spool.
import { rmSync } from 'node:fs'
import {
  Arrival,
  type Cancellation,
  type ColumnPartial,
  type Converted,
  type CsvShape,
  closeFile,
  convertCsv,
  convertGrowingCsv,
  csvShape,
  extentOf,
  fileSize,
  findMisfit,
  hasSameBytes,
  incomingFile,
  type Misfit,
  openFile,
  type PartialSum,
  type StatsPlan,
  StorageError,
  type SumPlan,
  statedChunks,
  statsOfPieces,
  sumPieces,
  writeNewFile,
} from '@table/storage/worker'
import { encodeExtents } from './catalogue/extents.ts'

/** A converted upload in the spool. */
export interface SpooledUpload extends Converted, CsvShape {
  csvBytes: number
  /** See `encodeExtents`. */
  extents: string
}

/** A part of a file, in bytes. */
export interface FileRange {
  start: number
  end: number
}

/** Each task with its value, all of them plain data. */
export interface Tasks {
  convert: {
    task: {
      spool: string
      id: number
      cancellation: Cancellation
      held: Uint8Array | undefined
      alone: boolean
    }
    value: SpooledUpload
  }
  convertArriving: {
    task: { spool: string; id: number; cancellation: Cancellation; arrival: Arrival['shared'] }
    value: SpooledUpload | undefined
  }
  hasSameBytes: {
    task: { path: string; csvBytes: number; csvCuts: readonly number[]; checksums: Uint8Array }
    value: boolean
  }
  misfitAt: {
    task: { path: string; columns: number; columnIndex: number; cancellation: Cancellation }
    value: Misfit | undefined
  }
  chunkRanges: {
    task: { path: string; footerBytes: number; footerCrc: number; columns: readonly number[] }
    value: FileRange[]
  }
  sum: { task: { folder: string; plan: SumPlan; cancellation: Cancellation }; value: PartialSum }
  stats: { task: { folder: string; plan: StatsPlan; cancellation: Cancellation }; value: ColumnPartial[] }
}

/** Who does the tasks: threads, or the caller's own in a program that has nothing else to do. */
export interface Workers {
  /** How many tasks are done at once. */
  readonly count: number
  run<Name extends keyof Tasks>(name: Name, task: Tasks[Name]['task']): Promise<Tasks[Name]['value']>
}

export const tasks: { [Name in keyof Tasks]: (task: Tasks[Name]['task']) => Tasks[Name]['value'] } = {
  /** Converts `incoming/<id>.csv`, or `held`, to `incoming/<id>.parquet`. */
  convert({ spool, id, cancellation, held, alone }) {
    const csv = incomingFile(spool, id, 'csv')
    const parquet = incomingFile(spool, id, 'parquet')
    if (held) writeNewFile(csv, held)
    return spooled(csv, parquet, convertCsv(csv, parquet, cancellation, alone), cancellation)
  },

  /** The same while the CSV arrives. Undefined if that is not possible. */
  convertArriving({ spool, id, cancellation, arrival: shared }) {
    const arrival = new Arrival(shared)
    const csv = incomingFile(spool, id, 'csv')
    const parquet = incomingFile(spool, id, 'parquet')
    const converted = convertGrowingCsv(csv, parquet, wanted => arrival.waitFor(wanted), cancellation)
    if (converted && arrival.waitForDisk()) return spooled(csv, parquet, converted, cancellation)
    // If the rest of the upload never comes, nobody else removes this file.
    rmSync(parquet, { force: true })
    return undefined
  },

  /** Whether a CSV has the bytes that these checksums are of. */
  hasSameBytes: ({ path, ...upload }) => hasSameBytes(path, upload),

  /** What keeps a column of a CSV from holding integers alone. */
  misfitAt({ path, cancellation, ...column }) {
    return findMisfit(path, column, cancellation)
  },

  /** Where a Parquet file, of which only the footer is there, has these columns: in ascending order, joined where they touch. */
  chunkRanges({ path, columns, ...footer }) {
    const wanted = new Set(columns)
    const ranges: FileRange[] = []
    const file = openFile(path)
    try {
      for (const { start, bytes } of statedChunks(file, footer, column => wanted.has(column))) {
        const before = ranges.at(-1)
        if (before?.end === start) before.end += bytes
        else ranges.push({ start, end: start + bytes })
      }
    } finally {
      closeFile(file)
    }
    return ranges
  },

  sum: ({ folder, plan, cancellation }) => sumPieces(folder, plan, cancellation),

  stats: ({ folder, plan, cancellation }) => statsOfPieces(folder, plan, cancellation),
}

function spooled(
  csv: string,
  parquet: string,
  converted: Converted,
  cancellation: Cancellation,
): SpooledUpload {
  const csvBytes = fileSize(csv)
  if (csvBytes === undefined) throw new StorageError('cancelled', 'the upload was discarded')
  const { parquetBytes: bytes, footerBytes, footerCrc, columns } = converted
  const extent = extentOf(parquet, { bytes, footerBytes, footerCrc }, columns)
  const shape = csvShape(csv, columns.length, cancellation)
  return { ...converted, ...shape, csvBytes, extents: encodeExtents(columns, extent.columns) }
}
