import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { csvShape } from '../../src/csv/shape.ts'
import { temporaryDirectory } from '../support/directories.ts'

function shapeOf(csv: string) {
  const path = join(temporaryDirectory(), 'a.csv')
  writeFileSync(path, csv)
  return csvShape(path, 2)
}

const many = '"1",b\n'.repeat(200_000)

test.each([
  ['a line break in a field', 'x,y\n1,"a\nb"\n'],
  ['one in the last field of a file without a line end', 'x,y\n1,a\n1,"a\nb"'],
  ['one in the header', '"x\n",y\n1,a\n'],
  ['one far behind the first block', `x,y\n${many}1,"\n"\n`],
  ['CRLF in a field', 'x,y\r\n1,"a\r\nb"\r\n'],
])('%s is found', (_, csv) => {
  expect(shapeOf(csv).multiLine).toBe(true)
})

test.each([
  ['no quotes', 'x,y\n1,a\n2,b\n'],
  ['quotes without line breaks', 'x,y\n"1","a""b"\n2,b'],
  ['many blocks', `x,y\n${many}`],
  ['CRLF at the ends of records', 'x,y\r\n"1",a\r\n2,b\r\n'],
  ['no records', '"x",y\n'],
])('%s: every line break ends a record', (_, csv) => {
  expect(shapeOf(csv).multiLine).toBe(false)
})

test.each([
  ['a CR in quotes', 'x,y\n1,"a\rb"\n'],
  ['a CR in quotes between CRLFs', 'x,y\r\n1,"a\rb"\r\n'],
  ['a CR before a closing quote', 'x,y\n1,"a\r"\n'],
  ['a CR in the header', '"x\r",y\n1,a\n'],
  ['a CR far behind the first block', `x,y\n${many}1,"\r"\n`],
  ['a blank line before the header', '\nx,y\n1,a\n'],
  ['a blank line behind a byte order mark', '\ufeff\r\nx,y\r\n1,a\r\n'],
  ['CRLF behind LF, beside a line break in a field', 'x,y\n1,"a\nb"\r\n'],
  ['CRLF behind a LF in the header', '"x\n",y\r\n1,a\r\n'],
])('%s: other programs may find other records', (_, csv) => {
  expect(shapeOf(csv).ambiguousLines).toBe(true)
})

test.each([
  ['LF at the ends of records', 'x,y\n1,"a\nb"\n'],
  ['CRLF at the ends of records, and LF in fields', 'x,y\r\n1,"a\nb"\r\n'],
  ['both line ends without line breaks in fields', 'x,y\n1,a\r\n2,b\n'],
  ['blank lines behind the header', 'x,y\n\n1,a\n\n'],
  ['many blocks', `x,y\n${many}`],
])('%s: every program finds the same records', (_, csv) => {
  expect(shapeOf(csv).ambiguousLines).toBe(false)
})
