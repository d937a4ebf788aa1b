import { StatementSync } from 'node:sqlite'
import { isMainThread } from 'node:worker_threads'
import { observeFileOperations } from '@table/storage'

/**
 * Runs `action` in worker threads whenever the moment that MOMENT names has come: before a file operation of that
 * kind, or `committed`, after an upload's row is in.
 */
export function atMoment(action: () => void): void {
  if (isMainThread) return
  const moment = process.env.MOMENT
  observeFileOperations(({ kind }) => {
    if (kind === moment) action()
  })
  if (moment !== 'committed') return
  const run = StatementSync.prototype.run
  StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
    const result = run.apply(this, values)
    action()
    return result
  } as typeof run
}
