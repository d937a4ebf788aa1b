import { isUtf8 } from 'node:buffer'
import { type Cancellation, throwIfCancelled } from './cancellation.ts'
import { readHeader } from './csv/header.ts'
import { type Column, type ColumnType, Inference } from './csv/inference.ts'
import { type Block, lineAt, recordReader as reader } from './csv/records.ts'
import { StorageError } from './errors.ts'
import { closeFile, createFile, type OpenFile, openFile } from './files.ts'
import { ParquetWriter } from './parquet/writer.ts'

export interface Converted {
  rows: number
  columns: Column[]
  parquetBytes: number
}

/**
 * Writes the CSV file at `csvPath` as a Parquet file at `parquetPath`; syncs neither. Throws StorageError
 * `invalid` where the CSV breaks a rule; what is at `parquetPath` is then of no use.
 *
 * The types are guessed from the first block and the file is written in one pass. A field that contradicts the
 * guess costs two more: one to infer the types from every field, one to write.
 */
export function convertCsv(csvPath: string, parquetPath: string, cancellation?: Cancellation): Converted {
  const csv = openFile(csvPath)
  try {
    const { names, end } = readHeader(csv)
    const blocks = (): Generator<Block> => readBlocks(csv, end, names.length, cancellation)
    const write = (types: ColumnType[]) => writeParquet(csv, parquetPath, named(names, types), blocks())
    const guess = inferTypes(names.length, blocks().take(1))
    return write(guess) ?? (write(inferTypes(names.length, blocks())) as Converted)
  } finally {
    closeFile(csv)
  }
}

function* readBlocks(
  csv: OpenFile,
  start: number,
  columns: number,
  cancellation: Cancellation | undefined,
): Generator<Block> {
  reader.open(csv, start, columns)
  while (reader.next()) {
    throwIfCancelled(cancellation)
    yield reader
  }
}

function inferTypes(columns: number, blocks: Iterable<Block>): ColumnType[] {
  const inference = new Inference(columns)
  for (const block of blocks) inference.add(block)
  return inference.types()
}

function named(names: string[], types: ColumnType[]): Column[] {
  return names.map((name, i) => ({ name, type: types[i] }))
}

/** Returns undefined if a field is not of its column's type. */
function writeParquet(
  csv: OpenFile,
  path: string,
  columns: Column[],
  blocks: Iterable<Block>,
): Converted | undefined {
  const file = createFile(path)
  try {
    const writer = new ParquetWriter(file, columns)
    for (const block of blocks) {
      if (!writer.append(block)) return undefined
      checkText(csv, block, columns)
    }
    return { columns, rows: writer.rows, parquetBytes: writer.finish() }
  } finally {
    closeFile(file)
  }
}

/** Only text columns can hold bytes that are not UTF-8: the other types are ASCII. */
function checkText(
  csv: OpenFile,
  { bytes, bounds, records, columns: width }: Block,
  columns: Column[],
): void {
  if (isUtf8(bytes.subarray(bounds[0], bounds[2 * width * records - 1]))) return
  for (let field = 0; field < records * width; field++) {
    const start = bounds[2 * field]
    if (isUtf8(bytes.subarray(start, bounds[2 * field + 1]))) continue
    const line = lineAt(csv, reader.filePosition(start))
    const { name } = columns[field % width]
    throw new StorageError(
      'invalid',
      `line ${line}, column "${name}": found bytes that are not UTF-8, expected UTF-8 text`,
    )
  }
}
