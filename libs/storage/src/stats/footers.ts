// How far the columns of many uploads reach, from the footers of their Parquet files alone.
import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { read } from '../catalogue/connection.ts'
import { readSchema } from '../catalogue/schemas.ts'
import { closeFile, type OpenFile } from '../files.ts'
import { readingPages } from '../parquet/pageReader.ts'
import { type StatedChunk, statedChunks } from '../parquet/statedChunks.ts'
import { storedFile } from '../paths.ts'
import type { Column } from '../schema.ts'
import { openStored } from '../storedFiles.ts'
import { readingUpload } from '../sum/pieces.ts'
import { type Piece, type SharedPieces, takePieces } from '../sum/sharedPieces.ts'
import { addExtent, expectType, valuesOf } from './parquet.ts'
import { type Extent, emptyExtent } from './partial.ts'
import { surveyValues } from './texts.ts'

/** Plain data: it crosses threads. */
export interface FootersTask {
  /** An upload each; `columnIndex` is the number of its schema. */
  files: SharedPieces
  /** The columns that are wanted; undefined: all. */
  names: readonly string[] | undefined
}

/** How far the columns of some uploads reach. Plain data too. */
export interface UploadsExtent {
  rows: number
  columns: Map<string, Extent>
}

/**
 * Reads the footers of uploads. Bounds of text are left out: a footer has only their beginnings. Throws StorageError as `sumPieces`
 * does.
 */
export function readFooters(
  dataDir: string,
  { files, names }: FootersTask,
  cancellation?: Cancellation,
): UploadsExtent {
  const wanted = names && new Set(names)
  const schemas = new Map<number, readonly Column[]>()
  const extent: UploadsExtent = { rows: 0, columns: new Map() }
  for (const file of takePieces(files)) {
    throwIfCancelled(cancellation)
    const { columnIndex: schema } = file
    const columns =
      schemas.get(schema) ?? read(dataDir, connection => readSchema(dataDir, connection, schema))
    schemas.set(schema, columns)
    const path = storedFile(dataDir, file.id, 'parquet')
    readingUpload(file.id, 'parquet', () => addFooter(path, file, columns, wanted, extent))
  }
  return extent
}

/** Returns what the footer of one Parquet file says about all of its columns. */
export function extentOf(
  path: string,
  footer: Pick<Piece, 'bytes' | 'footerBytes' | 'footerCrc'>,
  columns: readonly Column[],
): UploadsExtent {
  const extent: UploadsExtent = { rows: 0, columns: new Map() }
  addFooter(path, footer, columns, undefined, extent)
  return extent
}

function addFooter(
  path: string,
  { bytes, footerBytes, footerCrc }: Pick<Piece, 'bytes' | 'footerBytes' | 'footerCrc'>,
  columns: readonly Column[],
  wanted: ReadonlySet<string> | undefined,
  extent: UploadsExtent,
): void {
  const file = openStored(path, bytes)
  try {
    const isWanted = ({ name }: Column) => !wanted || wanted.has(name)
    // The first column is read for the rows.
    const read = (column: number) => column === 0 || isWanted(columns[column] as Column)
    for (const chunk of statedChunks(file, { footerBytes, footerCrc }, read)) {
      const column = columns[chunk.column] as Column
      if (chunk.column === 0) extent.rows += chunk.values
      if (!isWanted(column)) continue
      expectType(file.path, chunk, column.type)
      const known = extent.columns.get(column.name) ?? emptyExtent()
      extent.columns.set(column.name, known)
      readingPages(file, () => addColumn(known, file, chunk, column))
    }
  } finally {
    closeFile(file)
  }
}

function addColumn(extent: Extent, file: OpenFile, chunk: StatedChunk, { type }: Column): void {
  extent.rows += chunk.values
  if (type === 'text') extent.nulls += chunk.nulls ?? surveyValues(valuesOf(file, chunk, type)).nulls
  else addExtent(extent, file, chunk, type)
}
