// What other programs write: the same columns and values come out of both files, or the file is refused with a reason.
import { mkdirSync, writeFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { convertCsv } from '../../src/ingest/convert.ts'
import { filesDirectory, formats, storedFile } from '../../src/paths.ts'
import type { ColumnType, Value } from '../../src/schema.ts'
import { columnValues } from '../../src/sum/aggregate.ts'
import { temporaryDirectory } from '../support/directories.ts'

function store(csv: string | Uint8Array) {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  const path = storedFile(dataDir, 1, 'csv')
  writeFileSync(path, csv)
  return { dataDir, ...convertCsv(path, storedFile(dataDir, 1, 'parquet')) }
}

const micros = (iso: string) => BigInt(Date.parse(iso)) * 1000n
const days = (iso: string) => Date.parse(iso) / 86_400_000

const taken: [what: string, csv: string, columns: Record<string, [ColumnType, ...Value[]]>][] = [
  [
    'everything in quotes, nulls too',
    '"x","ok","day","real","at"\n"1","true","2024-01-01","0.5","2024-01-01T10:00"\n"","","","",""\n"3","false","2024-01-02","1e3","2024-01-02"\n',
    {
      x: ['int64', 1n, null, 3n],
      ok: ['boolean', true, null, false],
      day: ['date', days('2024-01-01'), null, days('2024-01-02')],
      real: ['double', 0.5, null, 1000],
      at: ['timestamp', micros('2024-01-01T10:00Z'), null, micros('2024-01-02T00:00Z')],
    },
  ],
  [
    'leading zeros',
    'zip,code\n01220,"007"\n94107,"120"\n',
    { zip: ['text', '01220', '94107'], code: ['text', '007', '120'] },
  ],
  [
    'columns without a name',
    'a,b,,\n1,2,,\n3,4,,\n',
    {
      a: ['int64', 1n, 3n],
      b: ['int64', 2n, 4n],
      column3: ['int64', null, null],
      column4: ['int64', null, null],
    },
  ],
  [
    'two columns of one name',
    'Address,Address\nhere,1\n',
    { Address: ['text', 'here'], Address_1: ['int64', 1n] },
  ],
  [
    'the zones of PostgreSQL and DuckDB',
    't\n2024-02-29 10:00:00+00\n2024-02-29 10:00:00.5+05\n2024-02-29 10:00:00.123456000+0530\n',
    {
      t: [
        'timestamp-utc',
        micros('2024-02-29T10:00:00Z'),
        micros('2024-02-29T05:00:00.5Z'),
        micros('2024-02-29T04:30:00Z') + 123456n,
      ],
    },
  ],
  [
    'a whole number with a point that no double is',
    'x\n9007199254740993.0\n1\n',
    { x: ['text', '9007199254740993.0', '1'] },
  ],
  [
    'nulls and empty texts',
    'zip,note\n01220,\n94107,hi\n00501,""\n',
    { zip: ['text', '01220', '94107', '00501'], note: ['text', null, 'hi', ''] },
  ],
]

test.each(taken)('%s', (_, csv, expected) => {
  const { dataDir, columns } = store(csv)
  expect(columns).toEqual(Object.entries(expected).map(([name, [type]]) => ({ name, type })))
  for (const format of formats)
    Object.values(expected).forEach(([type, ...values], columnIndex) => {
      const column = { id: 1, format, columnIndex, columns: columns.length, type }
      expect([...columnValues(dataDir, column)].flat(), format).toEqual(values)
    })
})

test.each([
  ['lines that end in CR', 'date,amount\r2024-01-01,10\r2024-01-02,20\r', 'line ends are CR alone'],
  ['lines that end in CR CR LF', 'x,y\r\r\n1,2\r\r\n', 'line ends are CR CR LF'],
  ['UTF-16', Buffer.from('\uFEFFx,y\n1,2\n', 'utf16le'), 'found UTF-16LE text, expected CSV'],
  ['gzip', gzipSync('x,y\n1,2\n'), 'found gzip, expected CSV: unpack it'],
])('%s are no CSV of ours', (_, csv, message) => {
  expect(() => store(csv)).toThrow(message)
})
