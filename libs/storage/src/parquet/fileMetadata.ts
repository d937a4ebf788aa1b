import {
  CHUNK_NUMBERS,
  type ColumnChunk,
  type ColumnChunks,
  foundChunk,
  foundElement,
  NO_SUCH_COLUMN,
  TOO_MANY_ROW_GROUPS,
} from '@table/kernels'
import { type Bytes, memory } from '../kernelMemory.ts'

/**
 * Reads the FileMetaData that begins in kernel memory; `memory.readOn` provides `following` more bytes. Only
 * one column becomes objects, in its row groups [from, to): a wide table's other columns would not fit into a
 * worker's memory. Returns undefined if the column does not exist. Throws RangeError if the metadata is
 * damaged.
 */
export function readFileMetadata(
  { from: start, to: end }: Bytes,
  following: number,
  column: string | number,
  from = 0,
  to?: number,
): ColumnChunks | undefined {
  const { kernels, bytes, page, tables, tablesBytes } = memory
  const name = typeof column === 'string' ? Buffer.from(column) : undefined
  if (name) bytes.set(name, page)
  const position = name ? -1 : (column as number)
  const room = Math.floor(tablesBytes / CHUNK_NUMBERS / 8)
  const rowGroups = kernels.findColumn(start, end, following, position, page, name?.length ?? 0, tables, room)
  if (rowGroups === NO_SUCH_COLUMN) return undefined
  if (rowGroups === TOO_MANY_ROW_GROUPS) throw new RangeError(`it has more than ${room} row groups`)
  if (rowGroups < 0) throw new RangeError('its metadata is damaged')
  const chunks: ColumnChunk[] = []
  for (let i = from; i < Math.min(rowGroups, to ?? rowGroups); i++)
    chunks.push(foundChunk(kernels, tables, i))
  return { element: foundElement(kernels), chunks }
}
