const MAX = 2n ** 63n - 1n
const MIN = -(2n ** 63n)

interface QueryCase {
  name: string
  /** The CSV files, in the order in which they are uploaded. The first one is called `0.csv`. */
  uploads: readonly string[]
  sql: string
  columns?: readonly string[]
  /** As JSON has them. */
  rows: readonly (readonly unknown[])[]
}

const rooms = ['room,t\nA,1\nB,2\nA,3\n', 'room,t\nB,-4\nC,\n']

/** Queries with the same answer in every dialect. */
export const cases: readonly QueryCase[] = [
  { name: 'a constant', uploads: [], sql: 'SELECT 1 AS a', columns: ['a'], rows: [[1]] },
  {
    name: 'some rows',
    uploads: rooms,
    sql: "SELECT t, room FROM data WHERE room <> 'A' ORDER BY t NULLS LAST",
    columns: ['t', 'room'],
    rows: [
      [-4, 'B'],
      [2, 'B'],
      [null, 'C'],
    ],
  },
  {
    name: 'groups',
    uploads: rooms,
    sql: 'SELECT room, count(*) AS n, count(t) AS c, sum(t) AS s, min(t) AS l, max(t) AS m FROM data GROUP BY room ORDER BY room',
    rows: [
      ['A', 2, 2, 4, 1, 3],
      ['B', 2, 2, -2, -4, 2],
      ['C', 1, 0, null, null, null],
    ],
  },
  {
    name: 'a join with the uploads',
    uploads: rooms,
    sql: 'SELECT u.name, u.csv_bytes, count(*) AS n, count(t) AS c FROM data JOIN uploads u ON u.id = data._upload GROUP BY u.name, u.csv_bytes ORDER BY u.name',
    rows: [
      ['0.csv', 19, 3, 3],
      ['1.csv', 15, 2, 1],
    ],
  },
  {
    name: 'the upload of each row',
    uploads: rooms,
    sql: 'SELECT count(*) AS n, min(d._received_at) = min(u.received_at) AS same FROM data d JOIN uploads u ON u.id = d._upload WHERE d._upload = (SELECT max(id) FROM uploads)',
    rows: [[2, true]],
  },
  {
    name: 'a table with itself',
    uploads: rooms,
    sql: 'SELECT x.room, y.t FROM data x JOIN data y ON x.room = y.room AND x.t < y.t ORDER BY x.room',
    rows: [
      ['A', 3],
      ['B', 2],
    ],
  },
  {
    name: 'a window in a WITH',
    uploads: rooms,
    sql: 'WITH r AS (SELECT t, row_number() OVER (ORDER BY t DESC NULLS LAST) AS n FROM data) SELECT t FROM r WHERE n <= 2 ORDER BY t',
    rows: [[2], [3]],
  },
  {
    name: 'parts in brackets, with a comment and a semicolon',
    uploads: rooms,
    sql: '-- all\n(SELECT t FROM data WHERE t > 2) UNION ALL (SELECT t FROM data WHERE t < 0) ORDER BY 1;\n',
    rows: [[-4], [3]],
  },
  {
    name: 'all columns',
    uploads: ['b,a\n1,2\n', 'c,b\n3,4\n'],
    sql: 'SELECT * FROM data WHERE b = 0',
    columns: ['b', 'a', 'c', '_upload', '_received_at'],
    rows: [],
  },
  {
    name: 'columns that some uploads lack',
    uploads: ['b,a\n1,2\n', 'c,b\n3,4\n'],
    sql: 'SELECT a, b, c FROM data ORDER BY b',
    rows: [
      [2, 1, null],
      [null, 4, 3],
    ],
  },
  {
    name: 'types that differ',
    uploads: ['a,b,c\n1,2025-01-02,7\n', 'a,b,c\n0.5,2025-01-02T03:04:05,x\n'],
    sql: 'SELECT a, b, c FROM data ORDER BY a',
    rows: [
      [0.5, '2025-01-02T03:04:05', 'x'],
      [1, '2025-01-02T00:00:00', '7'],
    ],
  },
  {
    name: 'a column without values beside dates',
    uploads: ['a,b\n1,\n', 'a,b\n2,2025-01-02\n'],
    sql: "SELECT a, b, b < DATE '2026-01-01' AS c FROM data ORDER BY a",
    rows: [
      [1, null, null],
      [2, '2025-01-02', true],
    ],
  },
  {
    name: 'names that differ by case',
    uploads: ['x,X\n1,2\n', 'X,y\n3,4\n'],
    sql: 'SELECT x, X_1, y FROM data ORDER BY X_1',
    rows: [
      [1, 2, null],
      [null, 3, 4],
    ],
  },
  {
    name: 'names of all letters',
    uploads: ['a.b,"a""b",a`b,"a\nb",a\\b,select, c,é,_upload\n1,2,3,4,5,6,7,8,9\n'],
    sql: 'SELECT * FROM data LIMIT 0',
    columns: [
      ...['a.b', 'a"b', 'a`b', 'a\nb', 'a\\b', 'select', ' c', 'é', '_upload_1'],
      ...['_upload', '_received_at'],
    ],
    rows: [],
  },
  {
    name: 'the ends of int64',
    uploads: [`a,b\n${MAX},${MIN}\n`],
    sql: `SELECT a, b FROM data WHERE a = ${MAX}`,
    rows: [[`${MAX}`, `${MIN}`]],
  },
  {
    name: 'integers that are doubles in other uploads',
    uploads: [`a\n${2n ** 53n + 2n}\n${2n ** 62n}\n${MIN}\n`, 'a\n0.5\n'],
    sql: 'SELECT a FROM data ORDER BY a',
    rows: [[-(2 ** 63)], [0.5], [2 ** 53 + 2], [2 ** 62]],
  },
  {
    name: 'nulls and empty texts',
    uploads: ['a,b\n1,""\n2,\n3,x\n'],
    sql: "SELECT a, b, b = '' AS e, b IS NULL AS n FROM data ORDER BY a",
    rows: [
      [1, '', true, false],
      [2, null, null, true],
      [3, 'x', false, false],
    ],
  },
  {
    name: 'dates, times, booleans and doubles',
    uploads: ['d,t,u,b,f\n1582-10-04,0001-01-01T00:00:00,2026-01-02T03:04:05.5Z,true,-0.5\n,,,,\n'],
    sql: 'SELECT d, t, u, b, f FROM data ORDER BY d NULLS LAST',
    rows: [
      ['1582-10-04', '0001-01-01T00:00:00', '2026-01-02T03:04:05.5Z', true, -0.5],
      [null, null, null, null, null],
    ],
  },
  {
    name: 'no uploads',
    uploads: [],
    sql: 'SELECT (SELECT count(*) FROM data) AS d, (SELECT count(*) FROM uploads) AS u',
    rows: [[0, 0]],
  },
  {
    name: 'all columns of no uploads',
    uploads: [],
    sql: 'SELECT * FROM data',
    columns: ['_upload', '_received_at'],
    rows: [],
  },
  {
    name: 'an upload without rows',
    uploads: ['a,b\n', 'a\n1\n'],
    sql: 'SELECT a, b FROM data',
    rows: [[1, null]],
  },
  {
    name: 'many rows',
    uploads: [`i\n${Array.from({ length: 100_000 }, (_, i) => i).join('\n')}\n`],
    sql: 'SELECT i FROM data ORDER BY i',
    rows: Array.from({ length: 100_000 }, (_, i) => [i]),
  },
]

/** Queries that are refused, and what the error says. */
export const refused: readonly { name: string; uploads?: readonly string[]; sql: string; why: RegExp }[] = [
  { name: 'a column that there is not', sql: 'SELECT nope FROM data', why: /nope/ },
  { name: 'a table that there is not', sql: 'SELECT * FROM nope', why: /nope/ },
  { name: 'what is no SQL', sql: 'SELECT a FRM data', why: /data/ },
  { name: 'two statements', sql: 'SELECT 1; SELECT 2', why: /statement|SELECT|Syntax|;/ },
  { name: 'an INSERT', sql: 'INSERT INTO data VALUES (1)', why: /expected (a|one) SELECT/ },
  {
    name: 'an INSERT with a WITH',
    sql: 'WITH x AS (SELECT 1) INSERT INTO data SELECT * FROM x',
    why: /INSERT|SELECT/,
  },
  { name: 'a setting', sql: 'SET x = 1', why: /expected (a|one) SELECT/ },
  {
    name: 'an integer that no double is',
    uploads: [`a\n${2n ** 53n + 1n}\n`, 'a\n0.5\n'],
    sql: 'SELECT a FROM data',
    why: /column "a" is double in other uploads, and no double is exactly 9007199254740993/,
  },
  {
    name: 'the greatest integer among doubles',
    uploads: [`a\n${MAX}\n`, 'a\n0.5\n'],
    sql: 'SELECT a FROM data WHERE a > 1',
    why: /no double is exactly 9223372036854775807/,
  },
]
