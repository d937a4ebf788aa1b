import { readFileSync } from 'node:fs'
import { StartError } from './startError.ts'

/** What the process has open when it serves nobody, and what a worker thread opens at most: its event loop, SQLite and two files. */
const IDLE_FILES = 64
const WORKER_FILES = 12

/**
 * Throws a StartError if the process may have too few files open to run so many workers: they could not even be loaded. Connections
 * and uploads need more, and are refused when there are no more to be had.
 */
export function checkOpenFiles(workers: number): void {
  const needed = IDLE_FILES + WORKER_FILES * workers
  const allowed = openFilesLimit()
  if (allowed >= needed) return
  throw new StartError(
    `this process may have ${allowed} files open, ${workers} workers need ${needed}: raise the limit (ulimit -n), or give fewer --workers`,
  )
}

/** Without limit where the system does not say. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
