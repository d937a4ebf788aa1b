import { expect, test } from 'vitest'
import { isBlank, statementEnd } from '../../src/sql/statements.ts'

test.each([
  ['SELECT 1', undefined],
  ['SELECT 1; SELECT 2;', 9],
  [';', 1],
  [`SELECT ';' || 'it''s;' AS ";""";`, 32],
  [`SELECT 'no end;`, undefined],
  ['SELECT "no end;', undefined],
  ['SELECT 1 -- a; b\n + 2;', 22],
  ['SELECT 1 -- a;', undefined],
  ['SELECT /* ;\n; */ 1;', 19],
  ['SELECT /* ;', undefined],
  ['SELECT $$;\n;$$;', 15],
  ['SELECT 3 - 1 / 2;', 17],
])('the statement of %j ends at %s', (text, end) => {
  expect(statementEnd(text)).toBe(end)
})

test.each([
  ['', true],
  [' ;\n;', true],
  ['-- SELECT 1', true],
  ['/* SELECT\n1 */ ;', true],
  ['-- one\n2', false],
])('%j is blank: %s', (text, blank) => {
  expect(isBlank(text)).toBe(blank)
})
