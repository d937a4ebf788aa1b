// What the server and the process that answers SQL say to each other. Requests are lines of JSON on the standard
// input of the process; answers are frames on its file descriptor 3.

import type { AnswerFormat } from '@table/table'

/** What a query reads. All paths are relative to the folder in which the process runs. */
export interface QueryRequest {
  sql: string
  format: AnswerFormat
  /** The folder of the snapshot. Its content does not change. */
  folder: string
  /** How many uploads there are. */
  uploads: number
  /** The lists of columns of the uploads. Those of the list `schema` have their files in the folder `files/<schema>`. */
  schemas: readonly { schema: number; columns: readonly { name: string; type: string }[] }[]
  /** In bytes. */
  memory: number
  /** How many bytes of temporary files the query may write. */
  spill: number
}

export type Order =
  | { id: number; query: QueryRequest }
  /** A frame of the answer was taken. */
  | { id: number; taken: true }
  | { id: number; cancel: true }

/**
 * Returns the line that tells the process of an order. Node's `readline` also ends a line at U+2028 and U+2029, which JSON leaves as they
 * are: they stand in statements and in names of columns.
 */
export function lineOf(order: Order): string {
  const json = JSON.stringify(order).replace(/[\u2028\u2029]/g, found =>
    found === '\u2028' ? '\\u2028' : '\\u2029',
  )
  return `${json}\n`
}

/** What a query failed with. `missing`: DuckDB is not installed. */
export interface QueryFailure {
  code: 'invalid-data' | 'too-large' | 'disk-full' | 'damaged' | 'internal' | 'missing'
  message: string
}

export const ANSWERS = 3

/** The signal by which the process ends when it took too much memory. */
export const TOO_MUCH_MEMORY = 'SIGUSR2'

export const frameKinds = { part: 0, end: 1, failure: 2 } as const
export type FrameKind = (typeof frameKinds)[keyof typeof frameKinds]

/** A frame begins with the number of its query, its kind and the length of its content: 4, 1 and 4 bytes. */
export const FRAME_HEADER = 9

/** How many frames of a query may be on their way. */
export const FRAMES_UNTAKEN = 4
/** The most bytes of a frame. */
export const FRAME_BYTES = 256 * 1024

export function writeFrameHeader(frame: Buffer, id: number, kind: FrameKind, length: number): void {
  frame.writeUInt32LE(id, 0)
  frame.writeUInt8(kind, 4)
  frame.writeUInt32LE(length, 5)
}
