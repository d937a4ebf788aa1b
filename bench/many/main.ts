// Measures a server with a million small uploads: how long a start takes, and the memory of a start and of
// sums.
import { linkSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { parseArgs } from 'node:util'
import { type UploadRow, uploadChecksum } from '../../libs/storage/src/catalogue/tables.ts'
import { openStore } from '../../libs/storage/src/directory/store.ts'
import { commitUpload } from '../../libs/storage/src/ingest/commit.ts'
import { syncUnsynced } from '../../libs/storage/src/ingest/smallUploads.ts'
import { formats, incomingFile, storedFile } from '../../libs/storage/src/paths.ts'
import { startServer } from '../contestants/server.ts'
import { startCommand } from '../contestants/servers.ts'
import { mebibytes } from '../files.ts'
import { killAll } from '../processes.ts'
import { progress } from '../progress.ts'

/** How many names one file may have (ext4: 65,000). */
const LINKS = 50_000

const { values } = parseArgs({ options: { uploads: { type: 'string', default: '1000000' } } })
const count = Number(values.uploads)
const scratch = mkdtempSync(join(tmpdir(), 'table-many-'))
const dataDir = join(scratch, 'data')
process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 })
})
process.on('SIGINT', () => process.exit(130))

progress(`writing ${count} uploads`)
await writeUploads()
progress('starting the server')
const start = performance.now()
const server = await startServer('ours', startCommand(), dataDir)
const ms = performance.now() - start
const started = server.peakBytes()
progress('summing')
const csv = await server.sum('x', 'csv')
const parquet = await server.sum('x', 'parquet')
const expected = 3n * BigInt(count)
if (csv.total !== expected || parquet.total !== expected)
  throw new Error(`the sums are ${csv.total} and ${parquet.total}, expected ${expected}`)

console.log(`${new Date().toISOString().slice(0, 16)}Z, npm run many -- --uploads ${count}`)
console.log(`${cpus().length} cores, ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory`)
console.log(`start: ${(ms / 1000).toFixed(1)} s, peak ${mebibytes(started).toFixed(0)} MiB`)
console.log(
  `sums: CSV ${(csv.ms / 1000).toFixed(1)} s, Parquet ${(parquet.ms / 1000).toFixed(1)} s, peak ${mebibytes(server.peakBytes()).toFixed(0)} MiB`,
)
process.exit()

/** Writes the same upload again and again: rows as the server writes them, and files that are hard links to a few. */
async function writeUploads(): Promise<void> {
  mkdirSync(dataDir)
  const store = openStore(dataDir)
  const receivedAt = new Date().toISOString()
  writeFileSync(incomingFile(dataDir, 1, 'csv'), 'x,y\n1,2\n2,3\n')
  commitUpload(dataDir, 1, receivedAt)
  syncUnsynced(dataDir)
  store.close()
  const database = new DatabaseSync(join(dataDir, 'catalogue.db'))
  const first = database.prepare('SELECT * FROM uploads').get() as unknown as UploadRow
  const names = Object.keys(first)
  const insert = database.prepare(
    `INSERT INTO uploads (${names.join()}) VALUES (${names.map(() => '?').join()})`,
  )
  database.exec('PRAGMA synchronous = OFF; BEGIN')
  for (let id = 2; id <= count; id++) {
    const row = { ...first, id }
    insert.run(...Object.values({ ...row, checksum: uploadChecksum(row) }))
    for (const format of formats) {
      const path = storedFile(dataDir, id, format)
      const copied = id - (id % LINKS)
      if (copied === id) writeFileSync(path, readFileSync(storedFile(dataDir, 1, format)))
      else linkSync(storedFile(dataDir, Math.max(copied, 1), format), path)
    }
  }
  database.exec('COMMIT')
  database.close()
}
