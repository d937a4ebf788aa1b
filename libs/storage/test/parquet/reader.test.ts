import { readFileSync } from 'node:fs'
import { afterEach, expect, test } from 'vitest'
import { StorageError } from '../../src/errors.ts'
import { type FileOperation, observeFileOperations } from '../../src/files.ts'
import { convertCsv } from '../../src/ingest/convert.ts'
import { sumParquetColumn } from '../../src/sum/parquet.ts'
import { temporaryFile, temporaryPath } from '../support/files.ts'
import { footerOf } from '../support/readParquet.ts'

afterEach(() => observeFileOperations(undefined))

const path = temporaryPath('output.parquet')

test.each(['x', 'y', 'z'])(
  'a sum of %s reads only the footer and the chunks of that column that hold more than one integer',
  name => {
    const rows = 900_000
    let text = 'x,y,z\n'
    for (let i = 0; i < rows; i++) text += `${i < rows - 1 ? 1 : 2},${i},${i % 1000}\n`
    convertCsv(temporaryFile(text), path)
    const size = readFileSync(path).length
    const { row_groups, metadata_length } = footerOf(path)
    expect(row_groups.length).toBeGreaterThan(1)
    const read = name === 'x' ? row_groups.slice(-1) : row_groups
    const chunks = read.map(({ columns }) => {
      const chunk = columns.find(({ meta_data }) => meta_data?.path_in_schema[0] === name)?.meta_data
      const start = Number(chunk?.dictionary_page_offset ?? chunk?.data_page_offset)
      return [start, start + Number(chunk?.total_compressed_size)]
    })

    const reads: number[][] = []
    observeFileOperations(({ kind, path: file, position = 0, length = 0 }: FileOperation) => {
      if (kind !== 'read') return
      expect(file).toBe(path)
      reads.push([position, position + length])
    })
    const expected = { x: rows + 1, y: (rows * (rows - 1)) / 2, z: (rows / 1000) * 499_500 }[name]
    expect(sumParquetColumn(path, name)).toBe(BigInt(expected as number))

    expect(reads).toEqual([[size - 8, size], [size - 8 - metadata_length, size - 8], ...chunks])
  },
)

test('a column of a wide table with many row groups is found without the others, by name and by position', () => {
  const names = Array.from({ length: 300 }, (_, i) => `c${i}`)
  const row = names.map((_, i) => i).join(',')
  convertCsv(temporaryFile(`${names.join(',')}\n${`${row}\n`.repeat(20_000)}`), path)
  expect(footerOf(path).row_groups.length).toBeGreaterThan(4)
  expect(footerOf(path).metadata_length).toBeGreaterThan(64 * 1024)
  for (const i of [0, 1, 150, 299]) {
    expect(sumParquetColumn(path, `c${i}`)).toBe(BigInt(i * 20_000))
    expect(sumParquetColumn(path, i)).toBe(BigInt(i * 20_000))
  }
  expect(sumParquetColumn(path, 'c300')).toBe(0n)
})

test('the footer alone shows that the file lacks a column', () => {
  convertCsv(temporaryFile('x\n1\n'), path)
  let reads = 0
  observeFileOperations(({ kind }) => {
    if (kind === 'read') reads++
  })
  expect(sumParquetColumn(path, 'w')).toBe(0n)
  expect(reads).toBe(2)
})

test.each([
  ['an empty file', ''],
  ['a file that is no Parquet', 'x,y\n1,2\n3,4\n5,6\n'],
  ['a footer longer than the file', `PAR1\xff\xff\xff\x7fPAR1`],
])('%s is damaged', (_, content) => {
  const damaged = temporaryFile(Buffer.from(content, 'latin1'), 'damaged.parquet')
  expect(() => sumParquetColumn(damaged, 'x')).toThrow(StorageError)
  expect(() => sumParquetColumn(damaged, 'x')).toThrow(/damaged/)
})

test('a file cut short in its pages is damaged, whatever is missing', () => {
  convertCsv(temporaryFile('x,y\n1,5\n2,6\n'), path)
  const whole = readFileSync(path)
  for (let cut = 0; cut < whole.length - 1; cut++) {
    expect(() => sumParquetColumn(temporaryFile(whole.subarray(0, cut), 'cut.parquet'), 'x')).toThrow(
      StorageError,
    )
  }
})
