import { spawn } from 'node:child_process'
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { beforeEach, expect, test } from 'vitest'
import { parseAddress } from '../../src/address.ts'
import { cli, cliOnTerminal, main, outcomeOf } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'

const nowhere = parseAddress('localhost:1')
const BAD = 'a,b\n1,2\n3\n4,"5\n6"\n7,8"\n9,10a\n'
const QUOTE =
  'column 2: found a quote inside an unquoted field, expected the whole field in quotes and the quote doubled'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

function file(name: string, content: string | Buffer): string {
  const path = join(directory, name)
  writeFileSync(path, content)
  return path
}

function check(...args: string[]) {
  return cli(nowhere, 'check', ...args)
}

test('every problem is a row, and every column with its type, for people and for programs', async () => {
  const bad = file('bad.csv', BAD)
  const space = ' '.repeat(bad.length)
  expect(await check(bad)).toEqual({
    stdout: `${[
      `file${space.slice(4)}  line  column  type   rows  problem`,
      `${bad}  3                          found 1 field, expected 2`,
      `${bad}  6                          ${QUOTE}`,
      `${bad}        a       int64  3`,
      `${bad}        b       text   3`,
    ].join('\n')}\n`,
    stderr: '',
    exitCode: 1,
  })
  const json = await check('--json', bad)
  expect(JSON.parse(json.stdout)).toEqual([
    { file: bad, line: 3, column: null, type: null, rows: null, problem: 'found 1 field, expected 2' },
    { file: bad, line: 6, column: null, type: null, rows: null, problem: QUOTE },
    { file: bad, line: null, column: 'a', type: 'int64', rows: 3, problem: null },
    { file: bad, line: null, column: 'b', type: 'text', rows: 3, problem: null },
  ])
})

test('the bad records are written below the header, and mended they are good', async () => {
  const bad = file('bad.csv', BAD.replaceAll('\n', '\r\n').slice(0, -2).concat('\r\n11,12,13'))
  const rejects = join(directory, 'rejects.csv')
  const { stderr, exitCode } = await check(bad, '--rejects', rejects)
  expect([stderr, exitCode]).toEqual([`${rejects}: 3 records to mend\n`, 1])
  const records = readFileSync(rejects, 'latin1')
  expect(records).toBe('a,b\r\n3\r\n7,8"\r\n11,12,13\n')
  writeFileSync(rejects, records.replace('3\r', '3,3\r').replace('"', '').replace(',13\n', '\n'))
  expect((await check(rejects)).exitCode).toBe(0)
})

test('the bad records do not replace the file that they are from, and need its header', async () => {
  const bad = file('bad.csv', BAD)
  expect((await check(bad, '--rejects', bad)).stderr).toBe(
    `${bad}: ${bad} is the file itself: name another one for --rejects\n`,
  )
  expect(readFileSync(bad, 'latin1')).toBe(BAD)
  const headless = file('headless.csv', '')
  const { stdout, stderr, exitCode } = await check('--csv', headless, '--rejects', bad)
  expect(stdout.split('\n')[1]).toBe(
    `${headless},1,,,,"found no header, expected a line of column names; nothing else is checked"`,
  )
  expect([stderr, exitCode]).toEqual([
    `${headless}: ${bad} is not written: the header has to be mended first\n`,
    1,
  ])
  expect((await check(bad, headless, '--rejects', 'r.csv')).exitCode).toBe(2)
})

test('packed files, directories and standard input are checked, and files that are not there are told', async () => {
  file('packed.csv.gz', gzipSync(BAD))
  const missing = join(directory, 'missing.csv')
  const child = spawn(process.execPath, [main, 'check', '--csv', directory, '-', missing])
  child.stdin.end('x\n1\n2\n')
  const { stdout, stderr, exitCode } = await outcomeOf(child)
  const packed = join(directory, 'packed.csv.gz')
  expect(stdout.split('\n').slice(1)).toEqual([
    `${packed},3,,,,"found 1 field, expected 2"`,
    `${packed},6,,,,"${QUOTE}"`,
    `${packed},,a,int64,3,`,
    `${packed},,b,text,3,`,
    'standard input,,x,int64,2,',
    '',
  ])
  expect([stderr, exitCode]).toEqual([`${missing}: no such file: check the path\n`, 1])
})

test('a file in another dialect is checked as upload translates it', async () => {
  const path = file('german.csv', 'a;b\n1,5;x\n2,5;NULL\n')
  const options = ['--delimiter', ';', '--decimal-comma', '--null', 'NULL']
  const { stdout, stderr, exitCode } = await check('--csv', path, ...options)
  expect(stdout.split('\n').slice(1)).toEqual([`${path},,a,double,2,`, `${path},,b,text,2,`, ''])
  expect([stderr, exitCode]).toEqual(['', 0])

  const bad = await check('--csv', file('bad.csv', 'a;b\n1,5;x\n2,5\n'), ...options)
  expect([bad.stderr, bad.exitCode]).toEqual([
    `${join(directory, 'bad.csv')}: line 3: found 1 fields, expected 2 as in the header\n`,
    1,
  ])
})

test('good files have the exit code 0, with warnings about columns that nearly hold numbers', async () => {
  const numbers = Array.from({ length: 20 }, (_, i) => `${i === 9 ? '12a' : i},${i === 3 ? '007' : i}\n`)
  const path = file('good.csv', `a,b\n${numbers.join('')}`)
  const { stderr, exitCode } = await check(path)
  expect(stderr.split('\n')).toEqual([
    `warning: ${path}: column "a" is text, and more than nine tenths of it are numbers: line 11 has "12a"`,
    expect.stringMatching(
      /: column "b" is text, and all of its fields are integers: some have zeros, signs or spaces/,
    ),
    '',
  ])
  expect(exitCode).toBe(0)
})

test('on a terminal several files have a summary', async () => {
  const [a, b] = [file('a.csv', 'x\n1\n'), file('b.csv', 'x\n1,2\n')]
  const { stdout } = await outcomeOf(cliOnTerminal(nowhere, ['check', a, b]))
  expect(stdout).toMatch(/\r\n2 files checked, 1 problem; 1 cannot be uploaded\r\n$/)
})
