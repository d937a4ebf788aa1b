import { statfs } from 'node:fs/promises'
import type { Conversions } from '@table/storage'
import type { Reading } from '../observe/metrics.ts'

/** Returns what there is to measure of a table: its extent, and the room on the disk of its directory. */
export function tableReadings(
  snapshot: () => Promise<{ length: number; rows: number }>,
  directory: string,
): Reading[] {
  return [
    {
      kind: 'gauge',
      name: 'table_uploads',
      help: 'Uploads in the table.',
      read: async () => (await snapshot()).length,
    },
    {
      kind: 'gauge',
      name: 'table_rows',
      help: 'Rows in the table.',
      read: async () => (await snapshot()).rows,
    },
    {
      kind: 'gauge',
      name: 'table_disk_free_bytes',
      help: 'Free space of the disk that has the data directory.',
      async read() {
        const { bavail, bsize } = await statfs(directory)
        return bavail * bsize
      },
    },
  ]
}

/** Returns what there is to measure of the conversions of uploads. */
export function conversionReadings(conversions: Conversions): Reading[] {
  return [
    {
      kind: 'gauge',
      name: 'table_conversions_running',
      help: 'Uploads that are being converted.',
      read: () => conversions.running,
    },
    {
      kind: 'gauge',
      name: 'table_conversions_waiting',
      help: 'Uploads whose conversion waits.',
      read: () => conversions.waiting,
    },
  ]
}
