// The server copies the log into the database after 1 MiB of a thread: here after each commit, so that kills and faults meet that too.
// Preloaded into every thread of a server.
import { DatabaseSync } from 'node:sqlite'

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  if (sql === 'COMMIT') exec.call(this, 'PRAGMA wal_checkpoint(PASSIVE)')
}
