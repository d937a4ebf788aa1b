import {
  Field,
  Int32,
  Int64,
  List,
  Map_,
  makeBuilder,
  Null,
  RecordBatchReader,
  Struct,
  Table,
  tableToIPC,
  Utf8,
  vectorFromArray,
} from 'apache-arrow'
import { expect, test } from 'vitest'
import { batchOf, fieldsOf } from '../src/batches.ts'
import { answerBytes } from '../src/index.ts'

async function written(table: Table, format: 'json' | 'csv' | 'arrow'): Promise<Buffer> {
  const reader = RecordBatchReader.from(tableToIPC(table)).open()
  async function* batches() {
    for (const batch of reader) yield batchOf(batch)
  }
  const parts = answerBytes({ fields: fieldsOf(reader), batches: batches() }, format)
  return Buffer.concat(await Array.fromAsync(parts, part => Buffer.from(part)))
}

const ends = [2n ** 63n - 1n, null, -(2n ** 63n)]

test('an Arrow stream that was received is written again as it was', async () => {
  const table = new Table({
    i: vectorFromArray(ends, new Int64()),
    s: vectorFromArray(['ü', '', null], new Utf8()),
    b: vectorFromArray([true, null, false]),
    d: vectorFromArray([0.5, Number.NaN, null]),
  })
  const again = [...RecordBatchReader.from(await written(table, 'arrow'))].flatMap(batch => batch.toArray())
  expect(again.map(String)).toEqual(table.toArray().map(String))
})

test('nested values are JSON with all digits', async () => {
  const list = new List(new Field('item', new Int64(), true))
  const struct = new Struct([new Field('a', new Int32(), true), new Field('l', list, true)])
  const entries = new Struct<{ key: Utf8; value: Int32 }>([
    new Field('key', new Utf8()),
    new Field('value', new Int32(), true),
  ])
  const map = new Map_<Utf8, Int32>(new Field('entries', entries, false))
  const maps = makeBuilder({ type: map, nullValues: [null] })
  for (const value of [
    new Map([
      ['k"', 1],
      ['l', 2],
    ]),
    null,
    new Map(),
  ])
    maps.append(value as never)
  const table = new Table({
    list: vectorFromArray([ends, null, []], list),
    struct: vectorFromArray([{ a: 1, l: [1n] }, { a: null, l: null }, null], struct),
    map: maps.finish().toVector(),
    none: vectorFromArray([null, null, null], new Null()),
  })
  const { columns, rows } = JSON.parse(`${await written(table, 'json')}`)
  expect(columns.map(({ type }: { type: string }) => type)).toEqual(['text', 'text', 'text', 'text'])
  expect(rows).toEqual([
    [`[${ends.map(String)}]`, '{"a":1,"l":[1]}', '{"k\\"":1,"l":2}', null],
    [null, '{"a":null,"l":null}', null, null],
    ['[]', null, '{}', null],
  ])
})
