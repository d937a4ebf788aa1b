import type { Table } from '@table/table'

export const formats = ['csv', 'parquet']
export const never = new AbortController().signal

export const firstPage = {
  after: undefined,
  oldestFirst: true,
  receivedFrom: undefined,
  receivedBefore: undefined,
  uploads: 1000,
  bytes: 1e6,
}

export async function ids(table: Table): Promise<number[]> {
  return (await table.list(firstPage)).uploads.map(({ id }) => id)
}

/** Checks something, and deletes every upload that this leaves. */
export async function emptied(table: Table, check: () => Promise<void>): Promise<void> {
  try {
    await check()
  } finally {
    for (const id of await ids(table)) await table.delete(id)
  }
}

export function upload(table: Table, csv: string | Uint8Array, uploadId?: Uint8Array, name?: string) {
  return table.upload(body(csv), { uploadId, name }, never)
}

export function sums(table: Table, column: string): Promise<bigint[]> {
  return Promise.all(formats.map(format => table.columnSum(column, format, never)))
}

export async function* body(csv: string | Uint8Array): AsyncGenerator<Uint8Array> {
  yield typeof csv === 'string' ? Buffer.from(csv) : csv
}

export async function whole(parts: AsyncIterable<Uint8Array> = body('')): Promise<Buffer> {
  const copies = []
  for await (const part of parts) copies.push(Buffer.from(part))
  return Buffer.concat(copies)
}
