import { readFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { expect, test } from 'vitest'
import { closeFile, openFile } from '../../src/files.ts'
import { type StatedChunk, statedChunks } from '../../src/parquet/statedChunks.ts'
import type { ColumnType } from '../../src/schema.ts'
import { expectType } from '../../src/stats/parquet.ts'
import { temporaryPath } from '../support/files.ts'
import { footerOf } from '../support/readParquet.ts'
import { type Value, writeTable } from '../support/writeTable.ts'

const values: [physical: string, type: ColumnType, value: Value][] = [
  ['INT64', 'int64', 1n],
  ['INT64', 'timestamp', 2n],
  ['INT64', 'timestamp-utc', 3n],
  ['INT32', 'date', 4],
  ['DOUBLE', 'double', 5.5],
  ['BOOLEAN', 'boolean', true],
  ['BYTE_ARRAY', 'text', 'x'],
]

test('a chunk of another physical type than the column has is damage', () => {
  const path = temporaryPath('types.parquet')
  writeTable(
    path,
    values.map(([, type, value]) => ({ name: type, type, values: [value] })),
  )
  const file = openFile(path)
  const footerBytes = footerOf(path).metadata_length + 8
  const footerCrc = crc32(readFileSync(path).subarray(-footerBytes)) | 0
  const chunks: StatedChunk[] = [...statedChunks(file, { footerBytes, footerCrc })]
  closeFile(file)
  for (const [i, [physical]] of values.entries())
    for (const [other, type] of values) {
      const check = () => expectType(path, chunks[i] as StatedChunk, type)
      if (other === physical) expect(check).not.toThrow()
      else
        expect(check).toThrow(
          expect.objectContaining({
            code: 'damaged',
            message: expect.stringMatching(new RegExp(`in column ${i + 1}, expected ${type}$`)),
          }),
        )
    }
})
