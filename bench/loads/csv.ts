import { closeSync, fstatSync, mkdirSync, openSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Load } from './load.ts'

const blockRows = 5000

interface Shape {
  files: number
  /** The rows of each file. */
  rows: number
  types: Load['types']
}

/** Writes the CSV files of a load into a new `directory`. Calls `line` for each row once, in order. */
export function writeCsvs(
  directory: string,
  { files, rows, types }: Shape,
  line: (row: number, file: number) => string,
): Pick<Load, 'files' | 'rows' | 'bytes' | 'types'> {
  mkdirSync(directory)
  const header = Object.keys(types).join(',')
  const written: string[] = []
  let bytes = 0
  for (let file = 0; file < files; file++) {
    const path = join(directory, `${file}.csv`)
    bytes += writeCsv(path, header, rows, row => line(row, file))
    written.push(path)
  }
  return { files: written, rows: files * rows, bytes, types }
}

/**
 * Writes a file, a block of rows at a time because a file can be larger than a string. Returns the bytes of
 * the file.
 */
function writeCsv(path: string, header: string, rows: number, line: (row: number) => string): number {
  const output = openSync(path, 'wx')
  writeFileSync(output, `${header}\n`)
  for (let start = 0; start < rows; start += blockRows) {
    let block = ''
    for (let row = start; row < Math.min(start + blockRows, rows); row++) block += `${line(row)}\n`
    writeFileSync(output, block)
  }
  const bytes = fstatSync(output).size
  closeSync(output)
  return bytes
}
