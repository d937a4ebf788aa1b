import { expect, test } from 'vitest'
import { Inference } from '../../src/csv/inference.ts'
import { scanRecords } from '../../src/csv/scanner.ts'

function typeOf(...fields: string[]): string {
  const bytes = Buffer.from(
    fields
      .map(field => `${field},0\n`)
      .concat(' ')
      .join(''),
  )
  const bounds = new Int32Array(4 * fields.length)
  const { records } = scanRecords(bytes, 0, bytes.length - 1, true, 2, bounds)
  expect(records).toBe(fields.length)
  const inference = new Inference(2)
  inference.add({ bytes, bounds, records, columns: 2 })
  return inference.types()[0]
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
