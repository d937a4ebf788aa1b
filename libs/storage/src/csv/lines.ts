// Finds the lines of a file, which nothing but messages needs.
import { type OpenFile, readAt, readParts } from '../files.ts'
import { LINE_FEED } from './dialect.ts'

/** Returns the line, from 1, of a byte of a file. Counts from the start of the file, so use it only for messages. */
export function lineAt(file: OpenFile, position: number): number {
  return 1 + lineFeedsBetween(file, 0, position)
}

/** Counts the line feeds of a part of a file. */
export function lineFeedsBetween(file: OpenFile, from: number, to: number): number {
  const buffer = new Uint8Array(Math.max(0, Math.min(64 * 1024, to - from)))
  let count = 0
  for (let done = from; done < to; ) {
    const read = readAt(file, buffer.subarray(0, Math.min(buffer.length, to - done)), done)
    if (read === 0) break
    for (let i = 0; i < read; i++) if (buffer[i] === LINE_FEED) count++
    done += read
  }
  return count
}

/** Finds the lines of positions that ascend. Each part of the file is read once. */
export class LineCounter {
  readonly #file: OpenFile
  #position = 0
  #line = 1

  constructor(file: OpenFile) {
    this.#file = file
  }

  /** Returns the line, from 1, of a byte that is not before the last one. */
  lineOf(position: number): number {
    this.#line += lineFeedsBetween(this.#file, this.#position, position)
    this.#position = position
    return this.#line
  }
}

/** Returns where the line begins that follows the line of a byte: the end of the file if there is none. */
export function lineBehind(file: OpenFile, position: number): number {
  let start = position
  for (const bytes of readParts(file, position, file.size, 8 * 1024)) {
    const end = bytes.indexOf(LINE_FEED)
    if (end >= 0) return start + end + 1
    start += bytes.length
  }
  return file.size
}
