import { closeSync, openSync, writeSync } from 'node:fs'

const kinds = {
  /** Like the course's load: few digits, a constant and a counter. */
  numbers: { header: 'one,y,z\n', row: (i: number) => `1,${i},${i % 1000}\n` },
  /** Rows that have as little as possible in common. */
  texts: {
    header: 'one,id,price,note\n',
    row: (i: number) => `1,"${(i * 2654435761) % 4294967296}-${i}",${i / 7},"said ""${i}"", näturally"\n`,
  },
}

/** Writes a CSV file of about `megabytes` MB, whose column `one` is always 1. Returns the number of its rows. */
export function writeLargeCsv(path: string, megabytes: number, kind: keyof typeof kinds): number {
  const { header, row } = kinds[kind]
  const file = openSync(path, 'w')
  let written = writeSync(file, header)
  let rows = 0
  while (written < megabytes * 1e6) {
    let block = ''
    for (const end = rows + 50_000; rows < end; rows++) block += row(rows)
    written += writeSync(file, block)
  }
  closeSync(file)
  return rows
}
