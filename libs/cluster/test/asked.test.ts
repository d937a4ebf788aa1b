import { expect, test } from 'vitest'
import { askedFor, expectQuery } from '../src/asked.ts'

test.each([
  'SELECT 1',
  ' \n(select 1)',
  '-- INSERT\nWITH x AS (SELECT 1) SELECT * FROM x',
  '/* a\n; */ ((VALUES (1)))',
  'FROM data SELECT a',
  'TABLE data',
  "'no word'",
])('%j may be a query', sql => {
  expect(() => expectQuery(sql)).not.toThrow()
})

test.each([
  ['INSERT INTO x VALUES (1)', 'INSERT'],
  ['-- SELECT\ndrop table x', 'drop'],
  ['/* SELECT */SET a = 1', 'SET'],
  ['(DESCRIBE data', 'DESCRIBE'],
  ['SELECTED', 'SELECTED'],
])('%j is no query', (sql, word) => {
  expect(() => expectQuery(sql)).toThrow(`found ${word}, expected a SELECT`)
})

test.each([
  ['SELECT a FROM data', 'no'],
  ['SELECT count(*), COUNT( * ) FROM data', 'no'],
  ['SELECT a FROM data WHERE a IN (SELECT b FROM uploads)', 'no'],
  ['SELECT * FROM data', 'with all columns'],
  ['SELECT count(*), d.* FROM data d', 'with all columns'],
  ['TABLE data', 'with all columns'],
  ['FROM data', 'with all columns'],
  ['SELECT id FROM uploads NATURAL JOIN data', 'with all columns'],
  ['SELECT a FROM data WHERE _upload = 1', 'named'],
  ['SELECT max(_RECEIVED_AT) FROM data', 'named'],
])('%j asks for the upload of a row: %s', (sql, uploadOfRows) => {
  expect(askedFor(sql)).toMatchObject({ data: true, uploadOfRows })
})

test('a table that is not named is not asked for', () => {
  expect(askedFor('SELECT 1')).toMatchObject({ data: false, uploads: false })
  expect(askedFor('SELECT name FROM UPLOADS')).toMatchObject({ data: false, uploads: true })
})
