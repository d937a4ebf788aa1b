// The server copies the log into the database after 1 MiB of a thread: here with each commit, so that kills and faults meet that too.
// Preloaded into every thread of a server.
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
// Not by way of index.ts, which would make each start slower.
import { connect } from '../../../../libs/storage/src/catalogue/connection.ts'

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  if (sql === 'COMMIT' && workerData?.dataDir)
    connect(workerData.dataDir).logged = Number.MAX_SAFE_INTEGER / 2
}
