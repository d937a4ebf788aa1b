import { appendFileSync, existsSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { crc32 } from 'node:zlib'
import fc from 'fast-check'
import { describe, expect, onTestFinished, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { Checksum } from '../../src/checksum.ts'
import { StorageError } from '../../src/errors.ts'
import { freeBytes, observeFileOperations } from '../../src/files.ts'
import { type Converted, convertCsv, convertGrowingCsv, convertStoredCsv } from '../../src/ingest/convert.ts'
import { defaultStorageLimits, setStorageLimits } from '../../src/limits.ts'
import type { Column, ColumnType } from '../../src/schema.ts'
import { sumCsvColumn } from '../../src/sum/csv.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'
import { type JudgedField, judge } from '../support/judge.ts'
import { readParquet } from '../support/readParquet.ts'
import { soup, tables, tableText } from '../support/soup.ts'

const parquetPath = temporaryPath('output.parquet')

function convert(content: string | Uint8Array): Converted {
  return convertCsv(temporaryFile(content), parquetPath)
}

/** The rules of types, implemented by other means: which texts are of a type, and their values. */
const kinds: [ColumnType, (text: string) => unknown][] = [
  [
    'int64',
    text =>
      /^-?(0|[1-9]\d*)$/.test(text) && BigInt.asIntN(64, BigInt(text)) === BigInt(text)
        ? BigInt(text)
        : undefined,
  ],
  ['double', text => double(text)],
  [
    'boolean',
    text => ({ true: true, false: false })[/^([tf])([a-z]+|[A-Z]+)$/i.test(text) ? text.toLowerCase() : ''],
  ],
  [
    'date',
    text => (/^\d{4}-\d\d-\d\d$/.test(text) ? micros(`${text}T00:00Z`, text) && days(text) : undefined),
  ],
  ['timestamp', text => micros(text.length === 10 ? `${text}T00:00Z` : `${text.replace(' ', 'T')}Z`, text)],
  ['timestamp-utc', text => zoned(text)],
  ['text', text => text],
]

function double(text: string): number | undefined {
  if (/^(NaN|nan|-?inf|-?Infinity)$/.test(text))
    return Number(text.replace('nan', 'NaN').replace(/inf$/, 'Infinity'))
  if (!/^-?((0|[1-9]\d*)(\.\d*)?|\.\d+)([eE][+-]?\d+)?$/.test(text) || !Number.isFinite(Number(text)))
    return undefined
  const [, whole] = /^(-?\d+)(\.0*)?$/.exec(text) ?? []
  return whole !== undefined && BigInt(Number(text)) !== BigInt(whole) ? undefined : Number(text)
}

/** `Z`, or an offset of hours, or of hours and minutes. */
function zoned(text: string): bigint | undefined {
  const [zone, hours = '+00', minutes = '00'] = /(?<=:.*)(?:Z|([+-]\d\d)(?::?(\d\d))?)$/.exec(text) ?? []
  if (zone === undefined) return undefined
  const local = text.slice(0, -zone.length)
  return micros(`${local.replace(' ', 'T')}${hours}:${minutes}`, local)
}

function micros(iso: string, text: string): bigint | undefined {
  const [, day, fraction = ''] =
    /^(\d{4}-\d\d-\d\d)(?:[T ]\d\d:\d\d(?::\d\d(?:\.(\d{1,6})(?:(?<=\d{6})0{1,3})?)?)?)?$/.exec(text) ?? []
  const ms = Date.parse(iso.replace(/\.\d+/, ''))
  if (!day || Number.isNaN(ms) || new Date(Date.parse(day)).toISOString().slice(0, 10) !== day)
    return undefined
  return BigInt(ms) * 1000n + BigInt(fraction.padEnd(6, '0'))
}

function days(text: string): number {
  return Date.parse(text) / 86_400_000
}

function expectedColumn(fields: JudgedField[]): { type: ColumnType; values: unknown[] } {
  for (const [type, read] of kinds) {
    const isNull = ({ text, quoted }: JudgedField) => text === '' && !(quoted && type === 'text')
    const values = fields.map(field => (isNull(field) ? null : read(field.text)))
    if (!values.includes(undefined)) return { type, values }
  }
  throw new Error('every field is text')
}

test('what csv-parse accepts is accepted with its values, what it refuses is refused', async () => {
  const property = fc.asyncProperty(
    fc.oneof(soup, tables.map(tableText), tables.map(tableText)),
    async text => {
      const judged = judge(Buffer.from(text))
      let converted: Converted
      try {
        converted = convert(text)
      } catch (error) {
        expect(error).toMatchObject({ name: 'StorageError', code: 'invalid' })
        expect(judged).toBeUndefined()
        return
      }
      expect(judged).toBeDefined()
      const { names, records } = judged as NonNullable<typeof judged>
      const columns = names.map((_, i) => expectedColumn(records.map(record => record[i])))
      expect(converted.rows).toBe(records.length)
      expect(converted.columns).toEqual(names.map((name, i) => ({ name, type: columns[i].type })))
      const rows = await readParquet(parquetPath)
      expect(rows.length).toBe(records.length)
      names.forEach((_, i) => {
        expect(rows.map(row => row[i])).toEqual(columns[i].values)
        if (columns[i].type !== 'int64') return
        const sum = (columns[i].values as (bigint | null)[]).reduce<bigint>(
          (total, value) => total + (value ?? 0n),
          0n,
        )
        expect(sumCsvColumn(temporaryPath('input.csv'), i, names.length)).toBe(sum)
        expect(sumParquetColumn(parquetPath, i)).toBe(sum)
      })
    },
  )
  await fc.assert(property, { numRuns: randomCases(6000), examples: [[',\uFEFF\r\n,x']] })
})

test('a type that changes long after the first block is noticed', async () => {
  const rows = 150_000
  const column = (of: (i: number) => string) => Array.from({ length: rows }, (_, i) => of(i))
  const columns = {
    stays: column(i => String(i)),
    double: column(i => (i === rows - 1 ? '0.5' : '7')),
    text: column(i => (i === rows - 2 ? 'x' : String(i))),
    late: column(i => (i === rows - 3 ? '2024-01-01' : '')),
  }
  const names = Object.keys(columns)
  const lines = Array.from({ length: rows }, (_, i) =>
    Object.values(columns)
      .map(values => values[i])
      .join(','),
  )
  const { columns: types } = convert([names.join(','), ...lines].join('\n'))
  expect(types.map(({ type }) => type)).toEqual(['int64', 'double', 'text', 'date'])
  const read = await readParquet(parquetPath)
  expect(read.at(-1)).toEqual([149_999n, 0.5, '149999', null])
  expect(read.at(-2)?.[2]).toBe('x')
  expect(read.at(-3)?.[3]).toBe(days('2024-01-01'))
  expect(sumParquetColumn(parquetPath, 'stays')).toBe((149_999n * 150_000n) / 2n)
})

test('a file that is converted while it grows becomes the same Parquet file', () => {
  const steps = fc.array(fc.integer({ min: 1, max: 200 }), { minLength: 1, maxLength: 5 })
  fc.assert(
    fc.property(tables.map(tableText), steps, (text, steps) => {
      const whole = Buffer.from(text)
      const expected = convert(whole)
      const parquet = readFileSync(parquetPath)
      let end = Math.min(whole.length, 40)
      const path = temporaryFile(whole.subarray(0, end), 'growing.csv')
      let step = 0
      const extend = (wanted: number) => {
        while (end < wanted && end < whole.length) {
          const more = whole.subarray(end, end + (steps[step++ % steps.length] as number))
          appendFileSync(path, more)
          end += more.length
        }
        return { end, complete: end === whole.length }
      }
      const converted = convertGrowingCsv(path, parquetPath, extend)
      if (!converted) return
      expect(converted).toEqual(expected)
      expect(readFileSync(parquetPath)).toEqual(parquet)
    }),
    { numRuns: randomCases(500) },
  )
})

test('a large file is converted while it grows', () => {
  const rows = 100_000
  const text = `x,name\n${Array.from({ length: rows }, (_, i) => `${i},"n, ${i}"\n`).join('')}`
  const expected = convert(text)
  const path = temporaryFile(text.slice(0, 300_000), 'growing.csv')
  let end = 300_000
  let waits = 0
  const extend = (wanted: number) => {
    for (; end < wanted && end < text.length; waits++) {
      const more = text.slice(end, end + 77_777)
      appendFileSync(path, more)
      end += more.length
    }
    return { end, complete: end === text.length }
  }
  expect(convertGrowingCsv(path, parquetPath, extend)).toEqual(expected)
  expect(waits).toBeGreaterThan(10)
  expect(sumParquetColumn(parquetPath, 'x')).toBe((BigInt(rows) * BigInt(rows - 1)) / 2n)
})

test('the checksums are those of the files, and of the CSV from cut to cut', () => {
  fc.assert(
    fc.property(tables.map(tableText), text => void expectChecksums(text)),
    { numRuns: randomCases(200) },
  )
  expectChecksums('\uFEFFx,y\r\n')
  const lines = `x,name\n\n${'12345,"a, b"\r\n\r\n'.repeat(700_000)}`
  expect(expectChecksums(`${lines}\n\n\n`).csvCuts.length).toBeGreaterThan(1)
  // The type differs from the first block's, so the file is read three times.
  expect(expectChecksums(`${lines}a,b`).columns[0]?.type).toBe('text')
})

function expectChecksums(text: string): Converted {
  const csv = Buffer.from(text)
  const converted = convert(csv)
  const { csvCuts, checksums, footerBytes, footerCrc } = converted
  const sections = [0, ...csvCuts].map((from, i) => checksumOf(csv.subarray(from, csvCuts[i])))
  expect(Buffer.from(checksums.csv)).toEqual(Buffer.concat(sections))
  const parquet = readFileSync(parquetPath)
  expect(checksums.parquet).toEqual(checksumOf(parquet))
  expect(footerCrc).toBe(crc32(parquet.subarray(-footerBytes)) | 0)
  return converted
}

function checksumOf(bytes: Uint8Array): Uint8Array {
  const checksum = new Checksum()
  checksum.update(bytes)
  return checksum.digest()
}

test.each([
  ['a rule that is broken', 'x\n1\n2,3\n'],
  ['a type that changes', `x\n${'1\n'.repeat(5000)}a\n`],
])('%s is left to the conversion of the whole file', (_, text) => {
  const path = temporaryFile(text)
  expect(convertGrowingCsv(path, parquetPath, () => ({ end: text.length, complete: true }))).toBeUndefined()
})

test('bytes that are not UTF-8 are refused with line and column', () => {
  const bytes = (name: string) => Buffer.from(`x,name\n1,ok\n2,"\n${name}"\n`, 'latin1')
  expect(() => convert(bytes('\x81\xff'))).toThrow(
    'line 3, column "name": found bytes that are not UTF-8, expected UTF-8 text',
  )
  expect(() => convert(bytes('caf\xe9 \x80'))).toThrow(
    'found bytes that are not UTF-8 but windows-1252 (""\ncafé €""), expected UTF-8 text: convert, or upload with `--encoding windows-1252`',
  )
})

describe('a CR outside quotes that no LF follows is refused with its line', () => {
  const found = 'found a CR that no LF follows, expected LF or CRLF'
  const rows = (count: number) => '1,2\n'.repeat(count)

  test.each([
    ['1\r,2\n', 'put a field that has a CR in quotes'],
    ['1,2\r\r\n', 'line ends are CR CR LF'],
    ['1,2\r3,4\r', 'put a field that has a CR in quotes'],
    ['"1","2"\r"3","4"\r', 'put a field that has a CR in quotes'],
    ['\r1,2\n', 'put a field that has a CR in quotes'],
    ['1,2\r', 'put a field that has a CR in quotes'],
    ['1,2\n\r', 'put a field that has a CR in quotes'],
  ])('%j', (record, advice) => {
    for (const before of [1, 20, 70_000])
      for (const after of [0, 1, 70_000])
        expect(() => convert(`a,b\n${rows(before)}${record}${rows(after)}`)).toThrow(
          expect.objectContaining({
            code: 'invalid',
            message: expect.stringMatching(
              new RegExp(`^line ${before + 2 + Number(record.startsWith('1,2\n'))}: ${found}: ${advice}`),
            ),
          }),
        )
  })

  test('wherever it is in a block', () => {
    for (let pad = 0; pad < 130; pad++)
      for (const end of ['\n', '\r\n']) {
        const text = `t${end}"${'x'.repeat(pad)}\r"${end}`
        expect(convert(`${text}y${end}`).rows).toBe(2)
        expect(() => convert(`${text}y\rz${end}`)).toThrow(`line 3: ${found}`)
        expect(() => convert(`${text}y${end}z\r`)).toThrow(`line 4: ${found}`)
      }
  })

  test('but a stored file that has one keeps its sums and its columns', () => {
    const path = temporaryFile('a\ra,b\n1,x\ry\n2,z\r\r\n')
    expect(convertStoredCsv(path, parquetPath).columns.map(({ type }) => type)).toEqual(['int64', 'text'])
    expect(sumCsvColumn(path, 0, 2)).toBe(3n)
  })
})

test('a stored file keeps the names and the types that an earlier release gave its columns', async () => {
  const columns: Column[] = [
    { name: '', type: 'int64' },
    { name: 'a', type: 'double' },
    { name: 'b', type: 'text' },
  ]
  const path = temporaryFile(`,a,b\n${'007,007.5,x\n'.repeat(5000)}-01,9007199254740993.0,""\n`)
  expect(convert(readFileSync(path)).columns.map(({ type }) => type)).toEqual(['text', 'text', 'text'])
  expect(convertStoredCsv(path, parquetPath, columns).columns).toEqual(columns)
  const rows = await readParquet(parquetPath)
  expect(rows[0]).toEqual([7n, 7.5, 'x'])
  expect(rows.at(-1)).toEqual([-1n, 9007199254740992, ''])
  expect(sumCsvColumn(path, 0, 3)).toBe(34_999n)
  expect(() => convertStoredCsv(path, parquetPath, columns.toReversed())).toThrow(
    expect.objectContaining({ code: 'damaged' }),
  )
})

test.each([
  ['more fields', '3,4,5\n6\n', 3, '3 fields'],
  ['fewer fields', '6\n3,4,5\n', 3, '1 field'],
])(
  'a record with %s than the header is refused, even if the next record cancels the error out',
  (_, records, line, fields) => {
    const more = (rows: number) => '7,8\n'.repeat(rows)
    for (const [before, after] of [
      [1, 1],
      [1, 200_000],
      [200_000, 1],
      [200_000, 200_000],
    ] as const)
      expect(() => convert(`a,b\n${more(before)}${records}${more(after)}`)).toThrow(
        `line ${before - 1 + line}: found ${fields}, expected 2`,
      )
  },
)

test('the CSV is not touched', () => {
  const text = '\uFEFFa,b\r\n1,"x\n"\r\n\r\n'
  convert(text)
  expect(readFileSync(temporaryPath('input.csv'), 'utf8')).toBe(text)
})

test('a conversion that nobody waits for stops', () => {
  const cancellation = new Int32Array(new SharedArrayBuffer(4))
  const path = temporaryFile(`x\n${'1\n'.repeat(10)}`)
  cancellation[0] = 1
  expect(() => convertCsv(path, parquetPath, cancellation)).toThrow(StorageError)
  cancellation[0] = 0
  expect(convertCsv(path, parquetPath, cancellation).rows).toBe(10)
  expect(existsSync(parquetPath)).toBe(true)
})

describe('a field over the limit is refused with its place and both numbers', () => {
  const limited = (fieldBytes: number) => {
    onTestFinished(() => setStorageLimits(defaultStorageLimits))
    setStorageLimits({ ...defaultStorageLimits, fieldBytes })
  }

  test('a field over the limit is refused wherever it is', () => {
    limited(5)
    expect(convert('a,b\n12345,"abc"\r\n\n\n\n\n\n\n1,\n').rows).toBe(2)
    for (const [csv, place] of [
      ['a,b\n123456,1\n', 'line 2, column "a"'],
      ['a,b\n1,2\n\n3,"abcd"\n', 'line 4, column "b"'],
      [`a,b\n${'1,2\n'.repeat(300_000)}3,123456`, 'line 300002, column "b"'],
    ])
      expect(() => convert(csv as string)).toThrow(`${place}: found a field of 6 bytes, expected at most 5`)
  })

  test('a stored field over the limit can still be summed', () => {
    const path = temporaryFile('a,t\n1,abcdef\n2,g\n')
    const { rows } = convertCsv(path, parquetPath)
    limited(5)
    expect(rows).toBe(2)
    expect(sumCsvColumn(path, 0, 2)).toBe(3n)
  })

  test('a field over the limit is refused even if records are longer than a block', () => {
    limited(1_000_000)
    expect(convert(`t,u\n${'a'.repeat(1_000_000)},${'b'.repeat(1_000_000)}\n`).rows).toBe(1)
    expect(() => convert(`t,u\n1,${'b'.repeat(1_000_001)}\n`)).toThrow(
      'line 2, column "u": found a field of 1000001 bytes, expected at most 1000000',
    )
  })
})

test('no Parquet file is written to a disk with less free space than is kept back', () => {
  onTestFinished(() => setStorageLimits(defaultStorageLimits))
  const free = freeBytes(dirname(parquetPath))
  setStorageLimits({ ...defaultStorageLimits, keptFreeBytes: 2 * free })
  expect(() => convert('a\n1\n')).toThrow(
    expect.objectContaining({
      code: 'disk-full',
      message: expect.stringMatching(new RegExp(`has \\d+ bytes free, ${2 * free} are kept back`)),
    }),
  )
})

test('the free space is checked again while a file is written', () => {
  onTestFinished(() => observeFileOperations(undefined))
  let looks = 0
  observeFileOperations(({ kind }) => {
    if (kind === 'space' && ++looks === 2) throw new StorageError('disk-full', 'no room')
  })
  const random = Array.from({ length: 2_000_000 }, (_, i) => (i * 2654435761) % 4294967296)
  expect(() => convert(`a\n${random.join('\n')}\n`)).toThrow('no room')
})

test('a conversion that takes much memory is refused unless it is alone', () => {
  const light = temporaryFile(`${Array.from({ length: 1000 }, (_, i) => `c${i}`)}\n`)
  expect(convertCsv(light, parquetPath, undefined, false).columns).toHaveLength(1000)
  for (const heavy of [
    `${Array.from({ length: 1001 }, (_, i) => `c${i}`)}\n`,
    `t\n${'a'.repeat(300_000)}\n`,
  ]) {
    const path = temporaryFile(heavy)
    expect(() => convertCsv(path, parquetPath, undefined, false)).toThrow(
      expect.objectContaining({ code: 'heavy' }),
    )
    expect(convertCsv(path, parquetPath).rows).toBe(heavy.startsWith('t') ? 1 : 0)
  }
})
