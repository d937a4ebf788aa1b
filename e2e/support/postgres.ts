import { PGlite } from '@electric-sql/pglite'

/** What PostgreSQL's COPY writes of a table that is made with `columns` and filled with the rows of `csv`. */
export async function copiedByPostgres(columns: string, csv: Uint8Array<ArrayBuffer>): Promise<Buffer> {
  const database = await PGlite.create()
  try {
    await database.exec(`SET TimeZone = 'Europe/Berlin'; CREATE TABLE copied (${columns})`)
    const blob = new Blob([csv])
    await database.query("COPY copied FROM '/dev/blob' WITH (FORMAT csv, HEADER)", [], { blob })
    const copied = await database.query("COPY copied TO '/dev/blob' WITH (FORMAT csv, HEADER)")
    if (!copied.blob) throw new Error('COPY wrote nothing')
    return Buffer.from(await copied.blob.arrayBuffer())
  } finally {
    await database.close()
  }
}
