import { expect, test } from 'vitest'
import { convertCsv } from '../../src/ingest/convert.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'

function typeOf(...fields: string[]): string | undefined {
  const path = temporaryFile(`a,b\n${fields.map(field => `${field},0\n`).join('')}`)
  return convertCsv(path, temporaryPath('output.parquet')).columns[0]?.type
}

test.each([
  ['int64', ['1', '-2', '', '"3"', '007', '9223372036854775807', '-9223372036854775808']],
  ['double', ['1', '2.5', '']],
  ['double', ['1e3', 'NaN', '-inf']],
  ['double', ['100000000000000000000']],
  ['double', ['9223372036854775808']],
  ['text', ['9223372036854775809']],
  ['text', ['9007199254740993', '0.5']],
  ['int64', ['9007199254740993', '5']],
  ['boolean', ['true', 'FALSE', 'False', '']],
  ['text', ['true', '1']],
  ['date', ['2024-02-29', '']],
  ['timestamp', ['2024-02-29', '2024-02-29T10:00']],
  ['timestamp-utc', ['2024-02-29T10:00Z', '2024-02-29 10:00:00.5+01:00']],
  ['text', ['2024-02-29T10:00Z', '2024-02-29T10:00']],
  ['text', ['2024-02-29', '2024-02-29T10:00Z']],
  ['text', ['1', 'x']],
  ['text', ['1', '""']],
  ['text', ['+1']],
  ['text', [' 1']],
  ['int64', ['', '']],
])('%s is the type of %j', (type, fields) => expect(typeOf(...fields)).toBe(type))
