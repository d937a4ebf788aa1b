import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { openSpool } from '../../src/spool/directory.ts'

function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'table-spool-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return path
}

test('a start removes what an earlier server left, and nothing of others', () => {
  const path = temporaryDirectory()
  const ours = ['incoming/00000007.csv', 'incoming/00000007.parquet', 'questions/3/files/x.parquet']
  const others = ['incoming/letter.txt', 'incoming/sales.csv', 'questions/why.md', 'data.csv']
  for (const folder of ['incoming', 'questions/3/files']) mkdirSync(join(path, folder), { recursive: true })
  for (const name of [...ours, ...others]) writeFileSync(join(path, name), '')
  const spool = openSpool(path)
  onTestFinished(() => spool.close())
  expect(ours.filter(name => existsSync(join(path, name)))).toEqual([])
  expect(others.filter(name => !existsSync(join(path, name)))).toEqual([])
  expect(readdirSync(join(path, 'questions'))).toEqual(['why.md'])
})

test('an empty directory gets its folders, and a folder for each question', () => {
  const path = join(temporaryDirectory(), 'spool')
  const spool = openSpool(path)
  onTestFinished(() => spool.close())
  expect(readdirSync(path)).toEqual(expect.arrayContaining(['incoming', 'questions']))
  const [one, other] = [spool.makeFolder(), spool.makeFolder()]
  expect(one).not.toBe(other)
  expect(readdirSync(one)).toEqual(['files'])
  expect([spool.nextUpload(), spool.nextUpload()]).toEqual([1, 2])
})

test('the data directory of a server without a cluster is no spool', () => {
  const path = temporaryDirectory()
  writeFileSync(join(path, 'catalogue.db'), '')
  expect(() => openSpool(path)).toThrow('has the data of a server without a cluster')
})
