import { statfsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import type { Conversions } from '@table/storage'
import { expect, test } from 'vitest'
import type { Reading } from '../../src/observe/metrics.ts'
import { conversionReadings, tableReadings } from '../../src/workers/tableReadings.ts'

const valuesOf = async (readings: Reading[]) =>
  Object.fromEntries(
    await Promise.all(readings.map(async ({ kind, name, read }) => [`${kind} ${name}`, await read()])),
  )

test('a table has its extent and the room on its disk', async () => {
  const values = await valuesOf(tableReadings(async () => ({ length: 3, rows: 7 }), tmpdir()))
  const { bavail, bsize } = statfsSync(tmpdir())
  expect(values).toEqual({
    'gauge table_uploads': 3,
    'gauge table_rows': 7,
    'gauge table_disk_free_bytes': expect.any(Number),
  })
  // Others write to the disk meanwhile.
  expect(Math.abs(Number(values['gauge table_disk_free_bytes']) - bavail * bsize)).toBeLessThan(2 ** 32)
})

test('conversions run or wait', async () => {
  expect(await valuesOf(conversionReadings({ running: 2, waiting: 5 } as Conversions))).toEqual({
    'gauge table_conversions_running': 2,
    'gauge table_conversions_waiting': 5,
  })
})
