// A process that opens a store, commits uploads and prints the id of each committed one, but kills itself
// right before operation number `fatal` if it gets that far.
import { writeSync } from 'node:fs'
import { openStore } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import { createSpool } from '../../src/ingest/spool.ts'
import { crashCsv } from './crash-csv.ts'

const [, , dataDir, fatal, ...rows] = process.argv

let done = 0
observeFileOperations(() => {
  if (done++ === Number(fatal)) process.kill(process.pid, 'SIGKILL')
})

const store = openStore(dataDir)
for (const csv of rows.map(count => crashCsv(Number(count)))) {
  const id = await store.catalogue.reserve()
  const spool = createSpool(dataDir, id)
  await spool.write(Buffer.from(csv))
  await spool.close()
  await store.catalogue.publish(commitUpload(dataDir, id, new Date().toISOString(), { held: spool.held }))
  writeSync(1, `${id}\n`)
}
