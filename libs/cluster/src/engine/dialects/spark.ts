import type { Dialect } from './dialect.ts'

export const spark: Dialect = {
  name: 'Spark',
  since: [4, 0],
  csvOptions: (columns, multiLine) => ({
    header: 'true',
    quote: '"',
    escape: '"',
    multiLine: String(multiLine),
    mode: 'FAILFAST', // by default Spark takes a field that is no number for null
    enforceSchema: 'true', // the names in the schema are ours
    maxColumns: String(columns),
  }),
  // Sums of the halves of a number cost half of a sum of decimals. Spark refuses a sum that overflows, which takes 2^31 rows.
  sum: [
    { expression: 'SUM(SHIFTRIGHT(v, 32))', weight: 1n << 32n },
    { expression: 'SUM(v & 4294967295)', weight: 1n },
  ],
}
