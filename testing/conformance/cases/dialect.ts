import type { Case } from '../case.ts'

/** What RFC 4180 and our dialect of it allow. */
export const dialect: readonly Case[] = [
  { name: 'LF at line ends', uploads: ['a,b\n1,2\n3,4\n'], sums: { a: 4n, b: 6n } },
  { name: 'CRLF at line ends', uploads: ['a,b\r\n1,2\r\n3,4\r\n'], sums: { a: 4n, b: 6n } },
  { name: 'both line ends in one file', uploads: ['a,b\r\n1,2\n3,4\r\n'], sums: { a: 4n, b: 6n } },
  { name: 'no line end at the end', uploads: ['a,b\n1,2\n3,4'], sums: { a: 4n, b: 6n } },
  { name: 'a byte order mark', uploads: ['\ufeffa,b\n1,2\n3,4\n'], sums: { a: 4n, b: 6n } },
  {
    name: 'a byte order mark before a quoted name',
    uploads: ['\ufeff"a",b\n1,2\n3,4\n'],
    sums: { a: 4n, b: 6n },
  },
  { name: 'blank lines', uploads: ['a,b\n\n1,2\n\r\n\n3,4\n\n'], sums: { a: 4n, b: 6n } },
  { name: 'blank lines before the header', uploads: ['\n\r\na,b\n1,2\n'], sums: { a: 1n, b: 2n } },
  {
    name: 'blank lines in a file of one column, which are no records',
    uploads: ['a\n1\n\n2\n\n'],
    sums: { a: 3n },
    stats: { a: { rows: 2, nulls: 0 } },
  },
  { name: 'quoted numbers', uploads: ['a,b\n"1","2"\n3,"4"\n'], sums: { a: 4n, b: 6n } },
  { name: 'quoted names', uploads: ['"a","b"\n1,2\n'], sums: { a: 1n, b: 2n } },
  { name: 'commas in quotes', uploads: ['a,b\n1,"x,y,z"\n2,"1,5"\n'], sums: { a: 3n } },
  { name: 'doubled quotes', uploads: ['a,b,c\n1,"say ""a,b"" now",5\n2,"""",6\n'], sums: { a: 3n, c: 11n } },
  { name: 'a doubled quote at the end of a field', uploads: ['a,b,c\n1,"x""",5\n'], sums: { a: 1n, c: 5n } },
  {
    name: 'backslashes, which escape nothing',
    uploads: ['a,b,c\n1,\\,5\n2,"\\",6\n3,"\\\\",7\n'],
    sums: { a: 6n, c: 18n },
  },
  { name: 'apostrophes, which quote nothing', uploads: ["a,b,c\n1,'x,5\n2,y',6\n"], sums: { a: 3n, c: 11n } },
  { name: 'line breaks in quotes', uploads: ['a,b,c\n1,"x\ny",5\n2,"\r\n",6\n'], sums: { a: 3n, c: 11n } },
  {
    name: 'line breaks in quotes that look like records',
    uploads: ['a,b,c\n1,"x\n100,y,100\n",5\n2,"\n\n",6\n'],
    sums: { a: 3n, c: 11n },
  },
  { name: 'a line break in a name', uploads: ['"a\nb",c\n1,2\n'], sums: { 'a\nb': 1n, c: 2n } },
  { name: 'a CR in quotes', uploads: ['a,b,c\n1,"x\ry",5\n'], sums: { a: 1n, c: 5n } },
  { name: 'lines that begin with #', uploads: ['#a,b\n1,2\n'], sums: { '#a': 1n, b: 2n } },
  { name: 'a record that begins with #', uploads: ['a,b\n#1,2\n#,3\n'], sums: { b: 5n } },
  { name: 'spaces around texts', uploads: ['a,b\n1, x \n2,\ty\n'], sums: { a: 3n } },
  { name: 'UTF-8', uploads: ['ä,b\n1,ß😀\n2,\u2028\n'], sums: { ä: 3n } },
  { name: 'a NUL in a text', uploads: ['a,b\n1,x\0y\n'], sums: { a: 1n } },
  {
    name: 'a large field',
    uploads: [`a,b,c\n1,${'x'.repeat(300_000)},5\n2,"${'y,'.repeat(100_000)}",6\n`],
    sums: { a: 3n, c: 11n },
  },
  {
    name: 'many lines in a field',
    uploads: [`a,b,c\n1,"${'1,2,3\n'.repeat(20_000)}",5\n`],
    sums: { a: 1n, c: 5n },
  },
]
