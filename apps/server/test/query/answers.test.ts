import { describe, expect, test } from 'vitest'
import { errorOf, rowsOf, sharedServer, tableOf } from '../support/query.ts'

const server = sharedServer()

/** Makes these CSVs the only uploads. */
async function having(...csvs: string[]) {
  const ids = await server.holding(...csvs)
  return { client: server.client, ids }
}

describe('types', () => {
  test('every type of column arrives as it is in the Parquet file, with its nulls', async () => {
    const { client } = await having(
      'i,d,b,day,t,u,s\n' +
        '-9223372036854775808,1.5,true,0001-01-01,2026-11-28T10:00:00.123456,2026-11-28T10:00:00+01:00,ü\n' +
        ',,,,,,\n' +
        '9223372036854775807,-inf,false,9999-12-31,1969-12-31 23:59:59.999999,1970-01-01T00:00:00Z,a text of more than twelve bytes\n',
    )
    const table = await tableOf(client, 'SELECT i, d, b, day, t, u, s FROM data')
    expect(table.schema.fields.map(({ name, type }) => `${name} ${type}`)).toEqual([
      'i Int64',
      'd Float64',
      'b Bool',
      'day Date32<DAY>',
      't Timestamp<MICROSECOND>',
      'u Timestamp<MICROSECOND, UTC>',
      's Utf8',
    ])
    const column = (name: string) => [...(table.getChild(name) ?? [])]
    expect(column('i')).toEqual([-(2n ** 63n), null, 2n ** 63n - 1n])
    expect(column('d')).toEqual([1.5, null, Number.NEGATIVE_INFINITY])
    expect(column('b')).toEqual([true, null, false])
    expect(column('s')).toEqual(['ü', null, 'a text of more than twelve bytes'])
    const raw = (name: string) => [...(table.getChild(name)?.data[0]?.values ?? [])]
    expect(raw('day')).toEqual([-719162, expect.anything(), 2932896])
    expect(raw('t')[0]).toBe(1795860000123456n)
    expect(raw('t')[2]).toBe(-1n)
    expect(raw('u')[0]).toBe(1795856400000000n)
    expect(table.getChild('u')?.nullCount).toBe(1)

    const made = await rowsOf(
      client,
      `SELECT sum(i)::VARCHAR, sum(i), 1::TINYINT, 2::SMALLINT, 3::INTEGER, 4::UBIGINT, 1.5::FLOAT, [1, NULL], {'a': 'x', 'n': [9007199254740993]}, INTERVAL 1 DAY,
         'd71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5'::UUID, '\\xAB'::BLOB, 'b'::ENUM('a', 'b'), MAP {'k': 1}, NULL, TIME '10:00:00' FROM data`,
    )
    expect(made).toEqual([
      [
        '-1',
        expect.anything(),
        1,
        2,
        3,
        4n,
        1.5,
        '[1,null]',
        '{"a":"x","n":[9007199254740993]}',
        '1 day',
        'd71f3d2e-3c35-45e6-8ad3-2ea8ba3ef6a5',
        Uint8Array.of(0xab),
        'b',
        '{"k":1}',
        null,
        expect.anything(),
      ],
    ])
  })

  test('decimals and huge integers are exact, up to 38 digits', async () => {
    const { client } = await having()
    const words = async (sql: string) => {
      const vector = (await tableOf(client, sql)).getChildAt(0)
      return vector?.data.flatMap(({ values }) => {
        const { buffer, byteOffset, byteLength } = values as Uint32Array
        const [low, high] = [0, 8].map(at =>
          new DataView(buffer, byteOffset, byteLength).getBigInt64(at, true),
        )
        return BigInt.asIntN(128, ((high as bigint) << 64n) | BigInt.asUintN(64, low as bigint))
      })
    }
    for (const [sql, expected] of [
      ['SELECT -12.34::DECIMAL(4, 2)', -1234n],
      ['SELECT -1234567.89::DECIMAL(9, 2)', -123456789n],
      ['SELECT -9999999999999999.99::DECIMAL(18, 2)', -999999999999999999n],
      ['SELECT 99999999999999999999999999999999999999::DECIMAL(38, 0)', 10n ** 38n - 1n],
      ['SELECT -99999999999999999999999999999999999999::HUGEINT', -(10n ** 38n - 1n)],
      ['SELECT sum(x) FROM (VALUES (9223372036854775807), (9223372036854775807)) t(x)', 2n ** 64n - 2n],
    ] as const)
      expect(await words(sql)).toEqual([expected])
    expect(await errorOf(client, 'SELECT 100000000000000000000000000000000000000::HUGEINT')).toBe(
      'the answer has the whole number 100000000000000000000000000000000000000, at most 38 digits can be sent: cast the column to VARCHAR or DOUBLE',
    )
  })

  test('batches of chunks of any length have every value and null in its place', async () => {
    const { client } = await having()
    const sql = `SELECT CASE WHEN i % 7 <> 3 THEN i END AS i, i % 3 = 0 AS b, CASE WHEN i % 5 <> 1 THEN repeat('x', (i % 20)::BIGINT) END AS s,
      (i / 100)::DECIMAL(12, 2) AS d FROM range(300000) t(i) WHERE i % 11 <> 5`
    const table = await tableOf(client, sql)
    const [i, b, s] = ['i', 'b', 's'].map(name => [...(table.getChild(name) ?? [])])
    let at = 0
    for (let n = 0; n < 300_000; n++) {
      if (n % 11 === 5) continue
      const expected = [n % 7 === 3 ? null : BigInt(n), n % 3 === 0, n % 5 === 1 ? null : 'x'.repeat(n % 20)]
      if (i?.[at] !== expected[0] || b?.[at] !== expected[1] || s?.[at] !== expected[2])
        expect([n, i?.[at], b?.[at], s?.[at]]).toEqual([n, ...expected])
      at++
    }
    expect(table.numRows).toBe(at)
    expect(table.batches.length).toBeGreaterThan(4)
  })
})

describe('the views', () => {
  test('without uploads there are two columns and no rows', async () => {
    const { client } = await having()
    const table = await tableOf(client, 'FROM data')
    expect(table.numRows).toBe(0)
    expect(table.schema.fields.map(({ name }) => name)).toEqual(['_upload', '_received_at'])
    expect(await rowsOf(client, 'SELECT count(*) FROM uploads')).toEqual([[0n]])
  })

  test('columns are united by name, and every row tells its upload and its time', async () => {
    const { client, ids } = await having('x,y\n1,a\n2,b\n', 'y,z\nc,true\n')
    const [first, second] = ids
    expect(await rowsOf(client, 'SELECT x, y, z, _upload FROM data ORDER BY y')).toEqual([
      [1n, 'a', null, first],
      [2n, 'b', null, first],
      [null, 'c', true, second],
    ])
    const same = 'SELECT count(*) FROM data JOIN uploads ON _upload = id AND _received_at = received_at'
    expect(await rowsOf(client, same)).toEqual([[3n]])
    expect(await rowsOf(client, `SELECT y FROM data WHERE _upload = ${second}`)).toEqual([['c']])
    expect(await rowsOf(client, 'SELECT id, name, rows, csv_bytes FROM uploads ORDER BY id')).toEqual([
      [first, null, 2n, 12n],
      [second, null, 1n, 11n],
    ])
  })

  test('types that differ have a common type that is exact, or text', async () => {
    const { client } = await having(
      'num,day,time,mixed,truth\n1,2026-11-28,2026-11-28T10:00:00Z,7,true\n',
      'num,day,time,mixed,truth\n0.5,2026-11-28T10:00:00,2026-11-28,2026-11-28,1\n',
      'mixed\n1e300\n',
    )
    const [row, other, last] = await rowsOf(
      client,
      'SELECT num, day::VARCHAR, time, mixed, truth, typeof(num), typeof(day) FROM data ORDER BY _upload',
    )
    expect(row).toEqual([
      1,
      '2026-11-28 00:00:00',
      '2026-11-28 10:00:00+00',
      '7',
      'true',
      'DOUBLE',
      'TIMESTAMP',
    ])
    expect(other).toEqual([
      0.5,
      '2026-11-28 10:00:00',
      '2026-11-28',
      '2026-11-28',
      '1',
      'DOUBLE',
      'TIMESTAMP',
    ])
    expect(last?.[3]).toBe('1e+300')
  })

  test('a column without values takes the type that it has in other uploads', async () => {
    const { client } = await having('n,day,truth\n1,,\n', 'n,day,truth\n2,2026-11-28,true\n')
    expect(await rowsOf(client, 'SELECT typeof(day), typeof(truth) FROM data')).toEqual([
      ['DATE', 'BOOLEAN'],
      ['DATE', 'BOOLEAN'],
    ])
  })

  test('an integer that no double is exactly is an error, not another number', async () => {
    const { client } = await having('x,y\n9007199254740993,1\n', 'x,y\n0.5,2\n')
    expect(await rowsOf(client, 'SELECT sum(y)::BIGINT FROM data')).toEqual([[3n]])
    expect(await errorOf(client, 'SELECT sum(x) FROM data')).toContain(
      'column "x" is double in other uploads, and no double is exactly 9007199254740993',
    )
  })

  test('names that differ in case alone, and names of the view, stay columns of their own', async () => {
    const { client, ids } = await having('x,X,x_1,_upload,filename\n1,2,3,4,5\n', 'X,"a ""b"" \'c\'"\n7,8\n')
    const table = await tableOf(client, 'FROM data ORDER BY _upload')
    const first = Object.entries(table.get(0)?.toJSON() ?? {}).slice(0, 6)
    expect(first).toEqual([
      ['x', 1n],
      ['X_1', 2n],
      ['x_1_1', 3n],
      ['_upload_1', 4n],
      ['filename', 5n],
      ['a "b" \'c\'', null],
    ])
    expect(await rowsOf(client, `SELECT X_1, "a ""b"" 'c'", x FROM data WHERE _upload = ${ids[1]}`)).toEqual([
      [7n, 8n, null],
    ])
  })
})

test('texts and names of columns may have the line separators of Unicode', async () => {
  const { client } = await having('x,a\u2028b\u2029c\n1,2\n')
  const table = await tableOf(client, "SELECT *, 'd\u2029e\u2028' AS t FROM data")
  expect(Object.entries(table.get(0)?.toJSON() ?? {})).toEqual([
    ['x', 1n],
    ['a\u2028b\u2029c', 2n],
    ['_upload', expect.anything()],
    ['_received_at', expect.anything()],
    ['t', 'd\u2029e\u2028'],
  ])
})

test('a table may be wide', async () => {
  const names = Array.from({ length: 2000 }, (_, i) => `column ${i}`)
  const { client } = await having(`${names.join()}\n${names.map((_, i) => i).join()}\n`)
  const [row] = await rowsOf(client, 'SELECT * EXCLUDE (_upload, _received_at) FROM data')
  expect(row).toEqual(names.map((_, i) => BigInt(i)))
})

describe('errors', () => {
  test.each([
    ['', 'found no statement, expected one SELECT, such as SELECT * FROM data'],
    ['-- nothing', 'found no statement, expected one SELECT'],
    ['SELECT 1; SELECT 2', 'found 2 statements, expected one SELECT'],
    ['DROP TABLE data', 'found a statement that is no SELECT, expected one SELECT: a query only reads'],
    ['SELECT $1', 'found 1 parameters, expected their values in the SELECT'],
    ['SELECT y FROM data', expect.stringMatching(/^Binder Error: Referenced column "y" not found/)],
    ['SELEC 1', expect.stringMatching(/^Parser Error: syntax error at or near "SELEC"/)],
    ["SELECT 'a'::INTEGER", expect.stringMatching(/^Conversion Error/)],
  ])('%s', async (sql, message) => {
    const { client } = await having('x\n1\n')
    expect(await errorOf(client, sql)).toEqual(message)
  })

  test('what stands behind a NUL character is not left out', async () => {
    const { client } = await having('x\n1\n2\n')
    expect(await errorOf(client, 'SELECT sum(x) FROM data\0 WHERE x > 1')).toBe(
      'found a NUL character after "SELECT sum(x) FROM data", expected a SELECT without',
    )
  })
})
