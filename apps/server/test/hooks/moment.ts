import { DatabaseSync } from 'node:sqlite'
import { isMainThread } from 'node:worker_threads'
import { observeFileOperations } from '../../../../libs/storage/src/files.ts'

/**
 * Runs `action` in worker threads at every moment that MOMENT names: before a file operation of that kind,
 * such as `open`, or on files whose names end in something, such as `open .csv`, or at `committed`, after an
 * upload's row is inserted. The action gets the path of the operation.
 */
export function atMoment(action: (path?: string) => void): void {
  if (isMainThread) return
  const [moment = '', end = ''] = process.env.MOMENT?.split(' ') ?? []
  observeFileOperations(({ kind, path }) => {
    if (kind === moment && path.endsWith(end)) action(path)
  })
  if (moment !== 'committed') return
  const { exec } = DatabaseSync.prototype
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
    exec.call(this, sql)
    if (sql === 'COMMIT') action()
  }
}
