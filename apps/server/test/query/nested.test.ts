import { DuckDBConnection, type DuckDBType } from '@duckdb/node-api'
import { afterAll, expect, test } from 'vitest'
import { GrowingColumn } from '../../src/query/arrowColumn.ts'

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
  ["['infinity'::DATE, '-infinity'::DATE, DATE '5881580-07-10']", '["infinity","-infinity","5881580-07-10"]'],
  ["['infinity'::TIMESTAMP, '-infinity'::TIMESTAMP]", '["infinity","-infinity"]'],
  ["['infinity'::TIMESTAMPTZ, '-infinity'::TIMESTAMPTZ]", '["infinity","-infinity"]'],
  ["['infinity'::TIMESTAMP_S, '-infinity'::TIMESTAMP_S]", '["infinity","-infinity"]'],
  ["['infinity'::TIMESTAMP_MS, '-infinity'::TIMESTAMP_MS]", '["infinity","-infinity"]'],
  ["['infinity'::TIMESTAMP_NS, '-infinity'::TIMESTAMP_NS]", '["infinity","-infinity"]'],
  ["row(1, 'a', NULL)", '[1,"a",null]'],
  ['[(1, 2), (3, NULL), NULL]', '[[1,2],[3,null],null]'],
  ["{'__proto__': 1, '2': 'x', '1': (7, 8)}", '{"__proto__":1,"2":"x","1":[7,8]}'],
  ["[{'a': 1}]::STRUCT(a INTEGER)[1]", '[{"a":1}]'],
  ["MAP {{'a': 1}: {'b': 2}}", '{"{\\"a\\":1}":{"b":2}}'],
  ["MAP {'infinity'::DATE: (1, 2)}", '{"infinity":[1,2]}'],
  ['union_value(pair := (1, 2))', '{"pair":[1,2]}'],
  ["MAP {'k': 1, 'l': NULL}", '{"k":1,"l":null}'],
  ['MAP {7: [1]}', '{"7":[1]}'],
  ['union_value(num := 2)', '{"num":2}'],
  ['[union_value(num := 2)]', '[{"num":2}]'],
  ["INTERVAL '1 month 2 days'", '1 month 2 days'],
  ["'d71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'::UUID", 'd71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'],
  ["'101'::BIT", '101'],
])('%s is sent as %s', async (sql, text) => {
  // Twice in one chunk, with a null between them.
  const result = await connection.stream(
    `SELECT x FROM range(3) t(i) LEFT JOIN (SELECT ${sql} AS x, j FROM (VALUES (0), (2)) u(j)) ON i = j ORDER BY i`,
  )
  const chunk = await result.fetchChunk()
  const growing = new GrowingColumn(result.columnType(0) as DuckDBType)
  if (chunk) growing.append(chunk, 0)
  const { values, offsets } = growing.column
  expect([...(offsets ?? [])]).toEqual([0, 1, 1, 2].map(times => times * Buffer.byteLength(text)))
  expect(Buffer.from(values as Uint8Array).toString()).toBe(text + text)
})
