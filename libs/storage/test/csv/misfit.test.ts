import { expect, test } from 'vitest'
import { findMisfit } from '../../src/csv/misfit.ts'
import { temporaryFile } from '../support/files.ts'

const manyNumbers = Array.from({ length: 200_000 }, (_, i) => `w,${i}`)

test('the misfit of a column is found in a stored file too, whatever the column looks like', () => {
  const csv = temporaryFile('t,w,s\n007,"a\nword",1.5\n8,b,x\n')
  expect(findMisfit(csv, { columnIndex: 0, columns: 3 })).toBeUndefined()
  expect(findMisfit(csv, { columnIndex: 1, columns: 3 })).toEqual({ line: 2, value: 'a\nword' })
  expect(findMisfit(csv, { columnIndex: 2, columns: 3 })).toEqual({ line: 4, value: 'x' })
  const late = temporaryFile(['w,x', ...manyNumbers, `w,1.5`, `w,${'y'.repeat(400_000)}`].join('\n'))
  expect(findMisfit(late, { columnIndex: 1, columns: 2 })).toEqual({ line: 200_003, value: 'y'.repeat(80) })
})

test('whatever the type of a column, its misfit is the first field that is no number', () => {
  const csv = temporaryFile('flag,day,real,x\ntrue,2024-01-01,1.5,1\n')
  const misfits = [0, 1, 2, 3].map(columnIndex => findMisfit(csv, { columnIndex, columns: 4 })?.value)
  expect(misfits).toEqual(['true', '2024-01-01', '1.5', undefined])
})

test('a file of another size is damaged, and nobody is waited for who is gone', () => {
  const csv = temporaryFile('x\n1\n')
  const column = { columnIndex: 0, columns: 1 }
  expect(() => findMisfit(csv, { ...column, bytes: 5 })).toThrow('expected 5')
  const cancellation = new Int32Array(new SharedArrayBuffer(4)).fill(1)
  expect(() => findMisfit(csv, column, cancellation)).toThrow('cancelled')
})

test('of several numbers that are no integers the first one is found, in whichever block the others are', () => {
  const csv = temporaryFile(['w,x', 'w,1.5', ...manyNumbers, 'w,2.5', ''].join('\n'))
  expect(findMisfit(csv, { columnIndex: 1, columns: 2 })).toEqual({ line: 2, value: '1.5' })
})
