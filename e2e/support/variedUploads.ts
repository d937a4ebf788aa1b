// CSV files that together have everything that our Parquet files can hold.
import type { ColumnType } from '@table/storage'
import { form } from '../../testing/form.ts'

export interface VariedUpload {
  name: string
  csv: string
  columns: [name: string, type: ColumnType][]
}

/** Enough for several row groups, of which some have no value of `sparse`. Four libraries read all of them. */
const MANY_ROWS = form === 'long' ? 400_000 : 120_000

export const variedUploads: VariedUpload[] = [
  {
    name: 'every type, with nulls',
    csv: [
      'whole,real,truth,day,local,utc,words',
      '1,0.1,true,2024-02-29,2024-02-29T12:34:56.789012,2024-02-29T12:34:56.789012Z,one',
      '-2,-1e300,FALSE,0001-01-01,0001-01-01 00:00:00,1969-12-31T23:59:59.999999+00:00,two words',
      ',,,,,,',
      '0,NaN,True,9999-12-31,1969-12-31T23:59:59.999999,2024-02-29T01:00:00+13:45,',
      '3,5e-324,false,1969-12-31,9999-12-31 23:59:59.999999,2024-02-29T01:00:00-08:00,1',
      '4,inf,false,1970-01-01,1970-01-01,1970-01-01T00:00Z,true',
      '5,-0.0,true,1900-02-28,1970-01-01 00:00,1970-01-01T00:00:00.1Z,2024-02-29',
    ].join('\n'),
    columns: [
      ['whole', 'int64'],
      ['real', 'double'],
      ['truth', 'boolean'],
      ['day', 'date'],
      ['local', 'timestamp'],
      ['utc', 'timestamp-utc'],
      ['words', 'text'],
    ],
  },
  {
    name: 'nothing but a header',
    csv: 'x,y\n',
    columns: [
      ['x', 'int64'],
      ['y', 'int64'],
    ],
  },
  {
    name: 'a column without values',
    csv: 'x,nothing,y\n1,,2\n3,,4\n',
    columns: [
      ['x', 'int64'],
      ['nothing', 'int64'],
      ['y', 'int64'],
    ],
  },
  {
    name: 'quotes, line breaks, a byte order mark and blank lines',
    csv: '\uFEFF"a ""name"", quoted",b\r\n\r\n"one\r\ntwo\nthree",1\r\n"say ""hi"", twice",2\r\n\r\n"""",3\r\n"",4\r\n,5',
    columns: [
      ['a "name", quoted', 'text'],
      ['b', 'int64'],
    ],
  },
  {
    name: 'every plane of Unicode',
    csv: 'имя,名,🦊\nпривет,你好,🦊🦊\né,é,\u{10FFFF}\n\u007f,\u0080,\uffff\n~,ab,\u0000\n',
    columns: [
      ['имя', 'text'],
      ['名', 'text'],
      ['🦊', 'text'],
    ],
  },
  {
    name: 'everything in quotes, nulls too',
    csv: '"x","ok","day","at","note"\n"1","true","2024-01-01","2024-02-29 10:00:00+00","hi"\n"","","","",""\n"3","false","2024-01-02","2024-02-29 10:00:00.123456000+0530","007"\n',
    columns: [
      ['x', 'int64'],
      ['ok', 'boolean'],
      ['day', 'date'],
      ['at', 'timestamp-utc'],
      ['note', 'text'],
    ],
  },
  {
    name: 'texts, some null and some empty, and digits that a number would lose',
    csv: 'zip,note,exact\n01220,,9007199254740993.0\n94107,hi,1\n"",,\n00501,"",2\n',
    columns: [
      ['zip', 'text'],
      ['note', 'text'],
      ['exact', 'text'],
    ],
  },
  {
    name: 'the edges of int64',
    csv: `ends,near,quoted\n${repeat(500, i => {
      const end = i % 2 ? '-9223372036854775808' : '9223372036854775807'
      return `${end},${2n ** 63n - 1n - BigInt(i)},"${-(2n ** BigInt(i % 64))}"\n`
    })}`,
    columns: [
      ['ends', 'int64'],
      ['near', 'int64'],
      ['quoted', 'int64'],
    ],
  },
  {
    name: 'whole numbers beyond int64',
    csv: 'power,odd\n9223372036854775808,9223372036854775809\n1,2\n',
    columns: [
      ['power', 'double'],
      ['odd', 'text'],
    ],
  },
  {
    name: 'two hundred columns',
    csv: [0, 1, 2, 3].map(row => `${repeat(200, i => (row ? i * row : `c${i}`), ',')}\n`).join(''),
    columns: Array.from({ length: 200 }, (_, i) => [`c${i}`, 'int64']),
  },
  {
    name: 'many row groups',
    csv: `constant,sequence,random,sparse,word,unique,price,flag,day,at\n${repeat(MANY_ROWS, manyRowGroupsRow)}`,
    columns: [
      ['constant', 'int64'],
      ['sequence', 'int64'],
      ['random', 'int64'],
      ['sparse', 'int64'],
      ['word', 'text'],
      ['unique', 'text'],
      ['price', 'double'],
      ['flag', 'boolean'],
      ['day', 'date'],
      ['at', 'timestamp-utc'],
    ],
  },
]

function manyRowGroupsRow(i: number): string {
  const random = BigInt.asIntN(64, BigInt(i) * 0x9e3779b97f4a7c15n)
  const sparse = i % (MANY_ROWS / 2) < (MANY_ROWS / 8) * 3 ? '' : i
  const day = new Date(i * 1000_000).toISOString().slice(0, 10)
  const at = new Date(i * 997_331).toISOString()
  const columns = [
    7,
    i,
    random,
    sparse,
    `word ${i % 50}`,
    `${random}-${i}`,
    (i % 1000) / 100,
    i % 3 === 0,
    day,
    at,
  ]
  return `${columns.join(',')}\n`
}

function repeat(count: number, make: (i: number) => string | number, separator = ''): string {
  return Array.from({ length: count }, (_, i) => make(i)).join(separator)
}
