import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../testing/form.ts'
import { tokensOf } from '../src/query/highlight.ts'
import { withStatement } from '../src/query/history.ts'
import { isNumeric, marksOf, pointsOf } from '../src/query/points.ts'
import { visibleRows, widthOf } from '../src/query/visible.ts'

test('tokens have their kinds', () => {
  const sql = `SELECT "a b", 'it''s', 1.5e3 -- why\nFROM data /* no\nend`
  expect(tokensOf(sql).filter(({ kind }) => kind !== 'plain')).toEqual([
    { kind: 'keyword', text: 'SELECT' },
    { kind: 'name', text: '"a b"' },
    { kind: 'text', text: `'it''s'` },
    { kind: 'number', text: '1.5e3' },
    { kind: 'comment', text: '-- why' },
    { kind: 'keyword', text: 'FROM' },
    { kind: 'comment', text: '/* no\nend' },
  ])
})

test('tokens are the whole text together, so that the colours lie over their letters', () => {
  const pieces = fc.constantFrom(
    'SELECT',
    ' ',
    '\n',
    "'",
    '"',
    '--',
    '/*',
    '*/',
    'a1',
    '1a',
    'é',
    '<img>',
    '.',
    ';',
  )
  fc.assert(
    fc.property(
      fc.array(pieces).map(all => all.join('')),
      sql => {
        expect(
          tokensOf(sql)
            .map(({ text }) => text)
            .join(''),
        ).toBe(sql)
      },
    ),
    { numRuns: randomCases(5000) },
  )
})

test('the history has each statement once, the newest first, and at most fifty', () => {
  expect(withStatement(['b', 'a'], ' a\n')).toEqual(['a', 'b'])
  expect(withStatement(['a'], '  ')).toEqual(['a'])
  const many = Array.from({ length: 50 }, (_, i) => String(i))
  expect(withStatement(many, 'new')).toHaveLength(50)
})

test('only rows that are seen are rendered, with some to spare', () => {
  expect(visibleRows(0, 300, 30, 1_000_000)).toEqual({ first: 0, end: 20 })
  expect(visibleRows(3000, 300, 30, 1_000_000)).toEqual({ first: 90, end: 120 })
  expect(visibleRows(3000, 300, 30, 5)).toEqual({ first: 0, end: 5 })
  expect(widthOf('name', ['x'.repeat(500)])).toBe(45)
  expect(widthOf('x', [])).toBe(9)
})

test('a chart has points in the order of x, and times in UTC', () => {
  const result = {
    columns: [
      { name: 't', type: 'timestamp' },
      { name: 'n', type: 'int64' },
    ],
    rows: [
      ['2025-03-03T12:00:00', 2],
      ['2025-03-03T08:00:00', '9007199254740993'],
      [null, 5],
      ['2025-03-03T10:00:00', null],
    ],
    isCut: false,
  }
  const points = pointsOf(result, 0, 1)
  expect(points.y).toEqual([9007199254740992, null, 2])
  expect(marksOf(points, points.x)).toEqual(['08:00', '10:00', '12:00'])
  expect(isNumeric(result, 1)).toBe(true)
  expect(isNumeric(result, 0)).toBe(false)
})

test('a null among numbers is left out, and makes no text of them', () => {
  const columns = [
    { name: 'hour', type: 'int64' },
    { name: 'n', type: 'int64' },
  ]
  const rows = [
    [1, 5],
    [null, 6],
    [0, 7],
  ]
  expect(pointsOf({ columns, rows, isCut: false }, 0, 1)).toMatchObject({
    x: [0, 1],
    y: [7, 5],
    kind: 'numbers',
  })
})

test('a text as x keeps the order of the result', () => {
  const result = {
    columns: [
      { name: 'room', type: 'text' },
      { name: 'n', type: 'int64' },
    ],
    rows: [
      ['B', 1],
      ['A', 2],
    ],
    isCut: false,
  }
  const points = pointsOf(result, 0, 1)
  expect(points).toMatchObject({ x: [0, 1], y: [1, 2], kind: 'labels' })
  expect(marksOf(points, [0, 0.5, 1])).toEqual(['B', '', 'A'])
})
