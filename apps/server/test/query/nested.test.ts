import { DuckDBConnection, type DuckDBValue } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { textOf } from '../../src/query/nested.ts'

const connection = await DuckDBConnection.create()
afterAll(() => connection.closeSync())

test.each([
  ['[1, NULL, 3]', '[1,null,3]'],
  ['[]::INTEGER[]', '[]'],
  ['[1, 2]::INTEGER[2]', '[1,2]'],
  ["['a \"b\"', NULL, 'é']", '["a \\"b\\"",null,"é"]'],
  ['[[true], [false, NULL]]', '[[true],[false,null]]'],
  ["{'a': 1, 'b c': {'d': 'x'}}", '{"a":1,"b c":{"d":"x"}}'],
  [
    '[9007199254740993::BIGINT, 123456789012345678901234567890::HUGEINT]',
    '[9007199254740993,123456789012345678901234567890]',
  ],
  ["[1.5::DOUBLE, 'nan'::DOUBLE, 'inf'::DOUBLE, '-inf'::DOUBLE]", '[1.5,"NaN","Infinity","-Infinity"]'],
  ['[1.50::DECIMAL(5, 2)]', '["1.50"]'],
  ["[DATE '2026-01-02']", '["2026-01-02"]'],
  ["MAP {'k': 1, 'l': NULL}", '{"k":1,"l":null}'],
  ['MAP {7: [1]}', '{"7":[1]}'],
  ['union_value(num := 2)', '{"num":2}'],
  ['[union_value(num := 2)]', '[{"num":2}]'],
  ["INTERVAL '1 month 2 days'", '1 month 2 days'],
  ["'d71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'::UUID", 'd71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'],
  ["'101'::BIT", '101'],
])('%s is sent as %s', async (sql, text) => {
  const reader = await connection.runAndReadAll(`SELECT ${sql}`)
  expect(textOf(reader.getRows()[0]?.[0] as DuckDBValue)).toBe(text)
})
