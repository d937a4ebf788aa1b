import { expect, test } from 'vitest'
import { plainCsv } from '../src/dialect.ts'
import { preview } from '../src/preview.ts'

test('a preview has the first rows, with nulls', async () => {
  const text = 'a,b\n1,\n2,""\n3,"x\ny"\n4,5\n'
  expect(await preview(text, plainCsv, 3)).toEqual({
    names: ['a', 'b'],
    rows: [
      ['1', null],
      ['2', ''],
      ['3', 'x\ny'],
    ],
  })
})

test('a record that is cut off is left out', async () => {
  expect((await preview('a\n1\n2\n"half', plainCsv, 10)).rows).toEqual([['1'], ['2']])
  expect((await preview('a\n1\n23', plainCsv, 10)).rows).toEqual([['1']])
})

test('a preview is read in the dialect of the file', async () => {
  const dialect = { ...plainCsv, delimiter: ';', decimalComma: true, nulls: ['NA'], comment: '#' }
  expect(await preview('# made by hand\nx;y\n1,5;NA\n', dialect, 10)).toEqual({
    names: ['x', 'y'],
    rows: [['1.5', null]],
  })
  const columns = { ...plainCsv, columns: ['p', 'q'] }
  expect(await preview('1,2\n3,4\n', columns, 1)).toEqual({ names: ['p', 'q'], rows: [['1', '2']] })
})

test('rows before something that cannot be read are shown', async () => {
  expect((await preview('a\n1\nx"y\n2\n', plainCsv, 10)).rows).toEqual([['1']])
})
