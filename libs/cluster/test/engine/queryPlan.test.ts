import { expect, test } from 'vitest'
import { queryPlan } from '../../src/engine/queryPlan.ts'

const sqlOf = (sql: string) => queryPlan({ sql, data: undefined, uploads: undefined }).sql?.query

test.each([
  ['SELECT 1', '(SELECT 1\n)'],
  ['SELECT 1;\n ;', '(SELECT 1\n)'],
  ['SELECT 1 -- one', '(SELECT 1 -- one\n)'],
  ["SELECT ';'", "(SELECT ';'\n)"],
])('%j is sent in brackets, where only a query can stand', (sql, sent) => {
  expect(sqlOf(sql)).toBe(sent)
})

test('tables have the names that SQL knows them by, and numbers of their own', () => {
  const data = { columns: [], lists: [], hasUploads: false }
  const { withRelations } = queryPlan({ sql: 'SELECT 1', data, uploads: new Uint8Array(1) })
  expect(withRelations?.references).toMatchObject([
    { common: { planId: 0n }, subqueryAlias: { alias: 'data' } },
    { common: { planId: 1n }, subqueryAlias: { alias: 'uploads' } },
  ])
})
