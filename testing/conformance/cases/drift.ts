import type { Case } from '../case.ts'

const wide = Array.from({ length: 1000 }, (_, i) => `c${i}`)

/** Uploads whose columns differ, and names that engines have trouble with. */
export const drift: readonly Case[] = [
  {
    name: 'columns at other places',
    uploads: ['a,b,c\n1,2,3\n', 'c,b,a\n30,20,10\n', 'b,a,c\n200,100,300\n'],
    sums: { a: 111n, b: 222n, c: 333n },
  },
  { name: 'columns at other places beside texts', uploads: ['a,b\n1,x\n', 'b,a\ny,2\n'], sums: { a: 3n } },
  {
    name: 'columns that some uploads lack',
    uploads: ['a,b\n1,2\n', 'a\n10\n', 'b,d\n20,5\n'],
    sums: { a: 11n, b: 22n, d: 5n, e: 0n },
    stats: { b: { rows: 2, nulls: 0 } },
  },
  {
    name: 'more and fewer columns around the same place',
    uploads: ['a,b\n1,2\n', 'a,b,c,d\n10,20,x,y\n', 'a,b,c\n100,200,"x\ny"\n'],
    sums: { a: 111n, b: 222n },
  },
  {
    name: 'names that differ by case, in one upload',
    uploads: ['x,X\n1,10\n2,20\n'],
    sums: { x: 3n, X: 30n },
  },
  {
    name: 'names that differ by case, in several uploads',
    uploads: ['x,y\n1,5\n', 'X,y\n10,5\n', 'X,x\n100,1000\n'],
    sums: { x: 1001n, X: 110n, y: 10n },
  },
  {
    name: 'names that differ by case and type',
    uploads: ['x,X\n1,text\n', 'X,x\ntext,2\n'],
    sums: { x: 3n },
  },
  { name: 'a column without a name', uploads: [',b\n1,2\n3,4\n'], sums: { column1: 4n, b: 6n } },
  { name: 'two columns of one name', uploads: ['a,a\n1,2\n', 'a\n10\n'], sums: { a: 11n, a_1: 2n } },
  { name: 'names of spaces', uploads: [' , a ,a\n1,2,3\n'], sums: { ' ': 1n, ' a ': 2n, a: 3n } },
  { name: 'names with dots', uploads: ['a.b,a,b\n1,2,3\n'], sums: { 'a.b': 1n, a: 2n, b: 3n } },
  {
    name: 'names with quotes and backticks',
    uploads: ['"a""b",`a`,\'a\',a`b\n1,2,3,4\n'],
    sums: { 'a"b': 1n, '`a`': 2n, "'a'": 3n, 'a`b': 4n },
  },
  {
    name: 'names with brackets, commas and backslashes',
    uploads: ['"a,b",a[0],{a},(a),a\\b,\\\n1,2,3,4,5,6\n'],
    sums: { 'a,b': 1n, 'a[0]': 2n, '{a}': 3n, '(a)': 4n, 'a\\b': 5n, '\\': 6n },
  },
  {
    name: 'words of SQL as names',
    uploads: ['select,from,count(1),*,v,V,c0\n1,2,3,4,5,6,7\n'],
    sums: { select: 1n, from: 2n, 'count(1)': 3n, '*': 4n, v: 5n, V: 6n, c0: 7n },
  },
  { name: 'names that are numbers', uploads: ['1,2,-0\n10,20,30\n'], sums: { 1: 10n, 2: 20n, '-0': 30n } },
  {
    name: 'names beyond ASCII',
    uploads: ['é,e\u0301,名,😀\n1,2,3,4\n'],
    sums: { é: 1n, 'e\u0301': 2n, 名: 3n, '😀': 4n },
  },
  {
    name: 'a tab and a line break in names',
    uploads: ['"a\tb","a\nb","a\r\nb"\n1,2,3\n'],
    sums: { 'a\tb': 1n, 'a\nb': 2n, 'a\r\nb': 3n },
  },
  {
    name: 'names of Spark and of file systems',
    uploads: ['_metadata,_corrupt_record,_c0,a=b,a/b,%20\n1,2,3,4,5,6\n'],
    sums: { _metadata: 1n, _corrupt_record: 2n, _c0: 3n, 'a=b': 4n, 'a/b': 5n, '%20': 6n },
  },
  { name: 'a long name', uploads: [`${'n'.repeat(5000)},b\n1,2\n`], sums: { ['n'.repeat(5000)]: 1n, b: 2n } },
  {
    name: '1,000 columns',
    uploads: [`${wide}\n${wide.map((_, i) => i)}\n`, `${wide.toReversed()}\n${wide.map(() => 1)}\n`],
    sums: { c0: 1n, c1: 2n, c500: 501n, c999: 1000n },
  },
  {
    name: 'many shapes',
    uploads: Array.from(
      { length: 70 },
      (_, i) => `${[...wide.slice(0, i), 'a']}\n${[...wide.slice(0, i).map(() => 'x'), i]}\n`,
    ),
    sums: { a: 2415n },
  },
]
