// Reads a CSV file the plain way, to do what the kernels do not: say where and why a rule is broken.
import type { StorageError } from '../errors.ts'
import type { OpenFile } from '../files.ts'
import { carriageReturnIn } from './dialect.ts'
import { lineEndText, refusal } from './problems.ts'
import { RecordReader } from './recordReader.ts'

/**
 * Returns the StorageError for the first rule that the file breaks at or after `position`, where a record of
 * `columns` fields begins.
 */
export function explainProblem(file: OpenFile, position: number, columns: number): Error {
  const reader = new RecordReader(file, position, columns)
  try {
    while (reader.next());
  } catch (error) {
    return error as Error
  }
  return new Error(`${file.path}: found a broken record behind byte ${position}, and then found it whole`)
}

/** The StorageError for the CR at `position`, which no LF follows. */
export function explainLineEnd(file: OpenFile, position: number): StorageError {
  return refusal(file, { position, text: lineEndText(file, position) })
}

/** The same for the first such CR at or behind `position`, where a record of `columns` fields begins. */
export function explainLineEnds(file: OpenFile, position: number, columns: number): Error {
  for (const { bytes, position: start } of fieldsFrom(file, position, columns)) {
    const at = carriageReturnIn(bytes)
    if (at >= 0) return explainLineEnd(file, start + at)
  }
  return new Error(`${file.path}: found a CR without LF behind byte ${position}, and then found none`)
}

export interface Field {
  column: number
  /** The field with its quotes. */
  bytes: Uint8Array
  /** The position of the first byte in the file. */
  position: number
}

/** Yields the fields at and after `position`, where a record of `columns` fields begins. */
export function* fieldsFrom(file: OpenFile, position: number, columns: number): Generator<Field> {
  const reader = new RecordReader(file, position, columns)
  while (reader.next()) {
    for (let i = 0; i < reader.records * columns; i++) {
      const start = reader.bounds[2 * i] as number
      yield {
        column: i % columns,
        bytes: reader.bytes.subarray(start, reader.bounds[2 * i + 1]),
        position: reader.filePosition(start),
      }
    }
  }
}
