import type { Dialect } from './dialect.ts'

export const sail: Dialect = {
  name: 'Sail',
  since: [0, 7],
  csvOptions: (_columns, multiLine) => ({
    header: 'true',
    quote: '"',
    escape: '"',
    multiLine: String(multiLine),
  }),
  // A sum of BIGINT wraps around in Sail, and Sail ignores ANSI mode.
  sum: [{ expression: 'SUM(CAST(v AS DECIMAL(38, 0)))', weight: 1n }],
}
