import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** CSV files to upload, and what any correct server must then answer. */
export interface Load {
  name: string
  /** In all files together. */
  rows: number
  /** In all files together. */
  bytes: number
  /** CSV files in the order of upload. */
  files: readonly string[]
  /** The type of every column, in the order of the header. */
  types: Readonly<Record<string, 'int64'>>
  /** The columns to sum, with the expected totals. */
  sums: Readonly<Record<string, bigint>>
}

/**
 * The course's load: header `x,y,z`, row i of batch b is `1,i,b*1000+i%1000`, 250,000 rows a batch. Writes one file a
 * batch into `directory`, which it makes.
 */
export function courseLoad(directory: string, batches: number): Load {
  const rows = 250_000
  mkdirSync(directory)
  const files: string[] = []
  let bytes = 0
  let z = 0n
  for (let batch = 0; batch < batches; batch++) {
    const lines = ['x,y,z']
    for (let row = 0; row < rows; row++) lines.push(`1,${row},${batch * 1000 + (row % 1000)}`)
    const content = `${lines.join('\n')}\n`
    const file = join(directory, `${batch}.csv`)
    writeFileSync(file, content, 'latin1')
    files.push(file)
    bytes += content.length
    z += BigInt(rows) * BigInt(batch * 1000) + BigInt(rows / 1000) * 499_500n
  }
  const x = BigInt(batches * rows)
  const y = BigInt(batches) * BigInt((rows * (rows - 1)) / 2)
  return {
    name: `the course's load, ${batches} batches`,
    rows: batches * rows,
    bytes,
    files,
    types: { x: 'int64', y: 'int64', z: 'int64' },
    sums: { x, y, z },
  }
}
