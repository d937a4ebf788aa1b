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
  readWholeFile,
  removeFile,
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
  /** The Parquet file, if it is so small that it is not in the spool. */
  parquet: Uint8Array | undefined
  /** See `encodeExtents`. */
  extents: string
}

/** A Parquet file of at most so many bytes is handed on in memory: a file costs a server more than the copy. */
const SMALL_BYTES = 64 * 1024

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
    task: {
      path: string
      held: Uint8Array | undefined
      csvBytes: number
      csvCuts: readonly number[]
      checksums: Uint8Array
    }
    value: boolean
  }
  misfitAt: {
    task: {
      path: string
      /** See `withHeld`. */
      held?: Uint8Array | undefined
      columns: number
      columnIndex: number
      cancellation: Cancellation
    }
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
  /** Converts `incoming/<id>.csv`, or `held`, to `incoming/<id>.parquet`, or to bytes. */
  convert({ spool, id, cancellation, held, alone }) {
    const parquet = incomingFile(spool, id, 'parquet')
    return withHeld(incomingFile(spool, id, 'csv'), held, csv =>
      spooled(csv, parquet, convertCsv(csv, parquet, cancellation, alone), cancellation),
    )
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
  hasSameBytes: ({ path, held, ...upload }) => withHeld(path, held, csv => hasSameBytes(csv, upload)),

  /** What keeps a column of a CSV from holding integers alone. */
  misfitAt: ({ path, held, cancellation, ...column }) =>
    withHeld(path, held, csv => findMisfit(csv, column, cancellation)),

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

/** A CSV that is held in memory is a file only while a task reads it. */
function withHeld<T>(path: string, held: Uint8Array | undefined, read: (path: string) => T): T {
  if (!held) return read(path)
  try {
    writeNewFile(path, held)
    return read(path)
  } finally {
    removeFile(path)
  }
}

function spooled(csv: string, path: string, converted: Converted, cancellation: Cancellation): SpooledUpload {
  const csvBytes = fileSize(csv)
  if (csvBytes === undefined) throw new StorageError('cancelled', 'the upload was discarded')
  const { parquetBytes: bytes, footerBytes, footerCrc, columns } = converted
  const extent = extentOf(path, { bytes, footerBytes, footerCrc }, columns)
  const shape = csvShape(csv, columns.length, cancellation)
  const parquet = bytes <= SMALL_BYTES ? takeFile(path, bytes) : undefined
  return { ...converted, ...shape, csvBytes, parquet, extents: encodeExtents(columns, extent.columns) }
}

function takeFile(path: string, size: number): Uint8Array {
  const bytes = readWholeFile(path, size)
  removeFile(path)
  return bytes
}
