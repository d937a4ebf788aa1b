import { chmodSync, mkdirSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeEach, expect, test } from 'vitest'
import { inputsOf } from '../src/inputs.ts'
import { temporaryDirectory } from './support/directory.ts'

let directory: string
beforeEach(() => {
  directory = temporaryDirectory()
})

function file(...path: string[]): string {
  const whole = join(directory, ...path)
  mkdirSync(join(whole, '..'), { recursive: true })
  writeFileSync(whole, 'x\n1\n')
  return whole
}

/** The names of what the arguments mean, and what is wrong with the others. */
async function meant(...args: string[]): Promise<{ names: string[]; problems: string[] }> {
  const { inputs, problems } = await inputsOf(args)
  return { names: inputs.map(({ name }) => name), problems }
}

/** The user that owns nothing. */
const NOBODY = 65_534

test('of a directory the CSV files in it and below it are meant, sorted, packed ones too, hidden ones not', async () => {
  file('b.csv')
  for (const name of ['a/2.csv.gz', 'a/1.CSV', 'c.csv.zst', 'notes.txt', 'x.csv.bak', '.d.csv', '.e/f.csv'])
    file(name)
  mkdirSync(join(directory, 'folder.csv'))
  symlinkSync(directory, join(directory, 'loop'))
  symlinkSync(join(directory, 'b.csv'), join(directory, 'link.csv'))
  expect(await meant(directory)).toEqual({
    names: ['a/1.CSV', 'a/2.csv.gz', 'b.csv', 'c.csv.zst', 'link.csv'],
    problems: [],
  })
})

test('a pattern means the files that match, whatever they are called', async () => {
  for (const name of ['b.csv', 'a.txt', 'deep/c.csv', '.d.csv']) file(name)
  expect(await meant(join(directory, '*'))).toEqual({ names: ['a.txt', 'b.csv'], problems: [] })
  expect((await meant(join(directory, '**/*.csv'))).names).toEqual(['b.csv', 'c.csv'])
})

test('a file whose name looks like a pattern is that file', async () => {
  file('[ab].csv')
  file('a.csv')
  expect((await meant(join(directory, '[ab].csv'))).names).toEqual(['[ab].csv'])
})

test('files come in the order of the arguments, with their paths and sizes', async () => {
  const [b, a] = [file('b.csv'), file('a.csv')]
  expect(await inputsOf([b, '-', a])).toEqual({
    inputs: [
      { label: b, path: b, name: 'b.csv', bytes: 4 },
      { label: 'standard input', path: undefined, name: '', bytes: 0 },
      { label: a, path: a, name: 'a.csv', bytes: 4 },
    ],
    problems: [],
  })
})

test('an argument that means no file says so, and the others count', async () => {
  const a = file('a.csv')
  mkdirSync(join(directory, 'empty'))
  expect(await meant(join(directory, 'empty'), a, join(directory, 'z*\n'))).toEqual({
    names: ['a.csv'],
    problems: [
      `${directory}/empty: has no .csv, .csv.gz or .csv.zst file: name the files`,
      `${directory}/z*: no file matches: check the pattern`,
    ],
  })
})

test('a directory that cannot be read is named', async () => {
  file('closed/a.csv')
  chmodSync(directory, 0o755)
  chmodSync(join(directory, 'closed'), 0)
  const user = process.geteuid?.()
  // Root may read everything, so be somebody else meanwhile.
  if (user === 0) process.seteuid?.(NOBODY)
  const { problems } = await meant(directory).finally(() => {
    if (user === 0) process.seteuid?.(0)
  })
  chmodSync(join(directory, 'closed'), 0o700)
  expect(problems).toEqual([
    `${directory}: cannot list ${directory}/closed (EACCES): make the directory readable`,
  ])
})
