// Checkpoints the log with every commit, so that kills and faults also hit checkpoints. The server itself
// does so only after a thread has written 1 MiB. Preloaded into every thread of a server.
import { DatabaseSync } from 'node:sqlite'
import { workerData } from 'node:worker_threads'
// Import the file itself: index.ts would make each start slower.
import { connect } from '../../../../libs/storage/src/catalogue/connection.ts'

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  if (sql === 'COMMIT' && workerData?.dataDir)
    connect(workerData.dataDir).logged = Number.MAX_SAFE_INTEGER / 2
}
