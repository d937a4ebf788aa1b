import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { parquetMetadata } from 'hyparquet'
import { expect, test } from 'vitest'
import { closeFile, openFile } from '../../src/files.ts'
import { WINDOW_BYTES } from '../../src/parquet/metadataReader.ts'
import { findColumn } from '../../src/parquet/reader.ts'
import { statedChunks } from '../../src/parquet/statedChunks.ts'
import { thrown } from '../support/directories.ts'
import { temporaryFile } from '../support/files.ts'
import { type TableColumn, writeTable } from '../support/writeTable.ts'

const columns: TableColumn[] = [
  { name: 'i', type: 'int64', values: [1n, null, -3n, 4n, 5n] },
  { name: 'd', type: 'double', values: [0.5, 1.5, Number.NaN, Number.NaN, Number.NaN] },
  { name: 't', type: 'text', values: ['a', 'b'.repeat(100), 'c', null, null] },
  { name: 'b', type: 'boolean', values: [true, false, null, null, true] },
]

function written(table = columns) {
  const path = temporaryFile('x.parquet')
  writeTable(path, table, 2)
  const bytes = readFileSync(path)
  const footerBytes = bytes.readUInt32LE(bytes.length - 8) + 8
  const footerCrc = crc32(bytes.subarray(-footerBytes)) | 0
  return { path, bytes, footerBytes, footerCrc }
}

function reading<T>(path: string, read: (file: ReturnType<typeof openFile>) => T): T {
  const file = openFile(path)
  try {
    return read(file)
  } finally {
    closeFile(file)
  }
}

test('a chunk is where the kernel finds it, and has the statistics that hyparquet reads', () => {
  const { path, bytes, footerBytes, footerCrc } = written()
  const footer = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.length) as ArrayBuffer
  const { row_groups } = parquetMetadata(footer)
  const chunks = reading(path, file => [...statedChunks(file, { footerBytes, footerCrc })])
  expect(chunks).toHaveLength(3 * columns.length)
  columns.forEach(({ name }, column) => {
    const found = chunks.filter(chunk => chunk.column === column)
    const kernels = reading(path, file => findColumn(file, name))
    expect(found).toMatchObject(kernels?.chunks.map(({ constant, ...chunk }) => chunk) ?? [])
    expect(found.every(({ repetition }) => repetition === kernels?.element.repetition)).toBe(true)
    const stated = row_groups.map(group => group.columns[column]?.meta_data?.statistics)
    expect(found.map(({ nulls }) => nulls)).toEqual(stated.map(statistics => Number(statistics?.null_count)))
    // A bound that is cut is no bound.
    const isExact = stated.map(statistics => statistics?.is_max_value_exact === true)
    expect(found.map(({ bounds }) => bounds !== undefined)).toEqual(isExact)
  })
  const texts = chunks.filter(({ column }) => column === 2)
  expect(texts.map(({ bounds }) => bounds && Buffer.from(bounds.greatest).toString())).toEqual([
    undefined,
    'c',
    undefined,
  ])
})

test('only the wanted columns and row groups are yielded', () => {
  const { path, footerBytes, footerCrc } = written()
  const chunks = reading(path, file => [
    ...statedChunks(file, { footerBytes, footerCrc, from: 1, to: 2 }, column => column % 2 === 1),
  ])
  expect(chunks.map(({ column, values }) => [column, values])).toEqual([
    [1, 2],
    [3, 2],
  ])
})

test('a footer that has changed or is cut is damage, whatever its CRC', () => {
  const { path, bytes, footerBytes, footerCrc } = written()
  const read = (crc: number, length = footerBytes) =>
    reading(path, file => [...statedChunks(file, { footerBytes: length, footerCrc: crc })])
  expect(thrown(() => read(footerCrc + 1)).message).toMatch(/its CRC is another/)
  expect(thrown(() => read(footerCrc, statSync(path).size + 1)).code).toBe('damaged')
  const start = bytes.length - footerBytes
  let damaged = 0
  for (let at = start; at < bytes.length; at++) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ 0xff
    writeFileSync(path, changed)
    try {
      read(crc32(changed.subarray(start)) | 0)
    } catch (error) {
      expect(error).toMatchObject({ code: 'damaged' })
      damaged++
    }
  }
  expect(damaged).toBeGreaterThan(8)
})

test('a footer of several windows is read as a short one is, and a change in any window is damage', () => {
  const wide = Array.from({ length: 3000 }, (_, i): TableColumn => {
    const values = [BigInt(i), null, -BigInt(i)]
    return { name: `${i}`.padEnd(300, 'n'), type: 'int64', values }
  })
  const { path, bytes, footerBytes, footerCrc } = written(wide)
  expect(footerBytes).toBeGreaterThan(2 * WINDOW_BYTES)
  const read = () => reading(path, file => [...statedChunks(file, { footerBytes, footerCrc })])
  const chunks = read()
  expect(chunks).toHaveLength(2 * wide.length)
  for (const column of [0, 1, 1499, 2999]) {
    const kernels = reading(path, file => findColumn(file, column))
    const found = chunks.filter(chunk => chunk.column === column)
    expect(found).toMatchObject(kernels?.chunks.map(({ constant, ...chunk }) => chunk) ?? [])
    expect(found.map(({ bounds }) => bounds && Buffer.from(bounds.least).readBigInt64LE())).toEqual([
      BigInt(column),
      -BigInt(column),
    ])
  }
  for (let at = bytes.length - 100; at > bytes.length - footerBytes; at -= WINDOW_BYTES / 2) {
    const changed = Buffer.from(bytes)
    changed[at] = (changed[at] as number) ^ 0x01
    writeFileSync(path, changed)
    expect(thrown(read)).toMatchObject({ code: 'damaged' })
  }
})

test('a footer is read if little of its end is in the last window', () => {
  const wide = (width: number) =>
    Array.from({ length: 600 }, (_, i): TableColumn => {
      const name = `${i}`.padEnd(i === 0 ? width : 300, 'n')
      return { name, type: 'int64', values: [BigInt(i)] }
    })
  const missing = WINDOW_BYTES - (written(wide(300)).footerBytes % WINDOW_BYTES)
  const ends = [0, 1, 2, 3, 4].map(more => {
    // The name is in the schema and in the chunk.
    const { path, footerBytes, footerCrc } = written(wide(300 + Math.ceil(missing / 2) + more))
    const read = (crc: number) =>
      reading(path, file => [...statedChunks(file, { footerBytes, footerCrc: crc })])
    expect(read(footerCrc)).toHaveLength(600)
    expect(thrown(() => read(footerCrc ^ 1))).toMatchObject({ code: 'damaged' })
    return footerBytes % WINDOW_BYTES
  })
  expect(ends.filter(end => end > 0 && end < 8).length).toBeGreaterThan(1)
})

test('a long footer of another length is damage, though its bytes have the CRC', () => {
  const wide = Array.from({ length: 3000 }, (_, i): TableColumn => {
    return { name: `${i}`.padEnd(300, 'n'), type: 'int64', values: [BigInt(i)] }
  })
  const { path, footerBytes, footerCrc } = written(wide)
  expect(footerBytes).toBeGreaterThan(WINDOW_BYTES)
  const find = (bytes: number) =>
    reading(path, file => findColumn(file, 7, { footerBytes: bytes, footerCrc }))
  expect(find(footerBytes)?.chunks).toHaveLength(1)
  expect(thrown(() => find(footerBytes + 1))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('its length is another'),
  })
})
