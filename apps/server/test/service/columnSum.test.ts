import { expect, test } from 'vitest'
import { columnSum, failureOf, type Served, serve, upload } from '../support/server.ts'

const formats = ['csv', 'parquet'] as const

/** A server that has these uploads, in this order. */
async function having(...csvs: string[]): Promise<Served> {
  const server = await serve()
  for (const csv of csvs) expect(await upload(server.client, csv)).toBe('')
  return server
}

/** The sum of `x`, or why there is none, which both formats must agree on. */
async function sumOf({ client }: Served, column = 'x'): Promise<bigint | string> {
  const found = await Promise.all(
    formats.map(format => columnSum(client, column, format).catch((error: Error) => error.message)),
  )
  expect(found[1]).toEqual(found[0])
  return found[0] as bigint | string
}

const received = String.raw`\(received \d{4}-\d\d-\d\dT[\d:.]+Z\)`

test('integers that pandas wrote with a point add up with those of another upload', async () => {
  expect(await sumOf(await having('x,y\n1,a\n2,b\n', 'x,y\n3.0,a\n,b\n'))).toBe(6n)
})

test('a null in words is named with its line and upload, and the column sums again in a table without it', async () => {
  const error = await sumOf(await having('x,y\n1,a\n', 'x,y\nNULL,b\n2,c\n'))
  expect(error).toMatch(
    new RegExp(
      `^column "x" is text in upload 2 ${received}: line 2 has "NULL", expected integers; 1 other upload is fine$`,
    ),
  )
})

test('a text behind thousands of integers is named with its line', async () => {
  const integers = Array.from({ length: 5000 }, (_, i) => `${i}\n`).join('')
  const server = await having('x\n1\n', `x\n${integers}n/a\n`, 'x\n1.5\n', 'y\n1\n')
  expect(await sumOf(server)).toMatch(
    new RegExp(
      `^column "x" is text in upload 2 ${received}: line 5002 has "n/a", expected integers; 2 other uploads are fine$`,
    ),
  )
})

test('texts that are known to be integers count as fine', async () => {
  const server = await having('x\n+1\n', `x\n${'007\n'.repeat(20)}seven\n`, 'x\n1.5\n')
  expect(await sumOf(server)).toMatch(
    new RegExp(
      `^column "x" is text in upload 2 ${received}: line 22 has "seven", .*; 2 other uploads are fine$`,
    ),
  )
})

test('texts that are integers alone sum: zeros in front, a plus, beyond int64', async () => {
  const server = await having(
    'x\n+5\n007\n""\n',
    'x\n18446744073709551616\n-18446744073709551615\n',
    'x\n+1\n',
    'x\n30\n',
  )
  expect(await sumOf(server)).toBe(44n)
})

test('a whole number that a double would round is not lost', async () => {
  const total = await sumOf(await having('x\n9007199254740993\n+0\n', 'x\n0.5\n0.5\n'))
  expect(total).toBe(9007199254740994n)
})

test('doubles whose exact total is whole sum, whatever their order and size', async () => {
  const server = await having('x\n1e300\n0.1\n', 'x\n-1e300\n', 'x\n-0.1\n2.5\n', 'x\n1.5\n', 'x\n3\n')
  expect(await sumOf(server)).toBe(7n)
})

test('a total that is no whole number is told exactly', async () => {
  const server = await having('x\n0.5\n0.25\n', 'x\n10\n')
  expect(await sumOf(server)).toBe(
    'the sum of column "x" is 10.75: no whole number, expected an int64; `stats` sums any numbers',
  )
  expect(await sumOf(await having('x\n0.1\n0.2\n'))).toContain('"x" is about 0.30000000000000004: no whole')
})

test('NaN and infinities are told', async () => {
  expect(await sumOf(await having('x\n1.5\nNaN\n', 'x\n1\n'))).toContain(
    '"x" is NaN: the column has 1 times NaN',
  )
  expect(await sumOf(await having('x\n1.5\ninf\n'))).toContain(
    '"x" is Infinity: the column has 1 times Infinity',
  )
})

test('a column of another type is refused with its first value', async () => {
  const server = await having('x,y\n1,true\n', 'x,y\n2,7\n', 'x,y\n3,false\n')
  expect(await sumOf(server, 'y')).toMatch(
    new RegExp(
      `^column "y" is boolean in upload 1 ${received}: line 2 has "true", expected integers; 1 other upload is fine, 1 more is not$`,
    ),
  )
})

test('a column that no upload has sums to 0, an unknown format is refused first', async () => {
  const server = await having('x\nword\n')
  expect(await sumOf(server, 'z')).toBe(0n)
  expect((await failureOf(columnSum(server.client, 'x', 'xml'))).message).toContain('found the format "xml"')
})
