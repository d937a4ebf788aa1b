import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { convertCsv } from '../../src/ingest/convert.ts'
import { temporaryDirectory } from '../support/directories.ts'

function multiLine(csv: string): boolean {
  const directory = temporaryDirectory()
  writeFileSync(join(directory, 'a.csv'), csv)
  return convertCsv(join(directory, 'a.csv'), join(directory, 'a.parquet')).multiLine
}

const many = '"1",b\n'.repeat(200_000)

test.each([
  ['a line break in a field', 'x,y\n1,"a\nb"\n'],
  ['one in the last field of a file without a line end', 'x,y\n1,a\n1,"a\nb"'],
  ['one in the header', '"x\n",y\n1,a\n'],
  ['one far behind the first block', `x,y\n${many}1,"\n"\n`],
  ['CRLF in a field', 'x,y\r\n1,"a\r\nb"\r\n'],
])('%s is found', (_, csv) => {
  expect(multiLine(csv)).toBe(true)
})

test.each([
  ['no quotes', 'x,y\n1,a\n2,b\n'],
  ['quotes without line breaks', 'x,y\n"1","a""b"\n2,b'],
  ['many blocks', `x,y\n${many}`],
  ['CRLF at the ends of records', 'x,y\r\n"1",a\r\n2,b\r\n'],
  ['no records', '"x",y\n'],
])('%s: every line break ends a record', (_, csv) => {
  expect(multiLine(csv)).toBe(false)
})
