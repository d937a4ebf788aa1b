import { readFileSync } from 'node:fs'
import { StartError } from './startError.ts'

/**
 * Files that the process has open while idle, and files that each worker thread opens at most: its event
 * loop, SQLite and two data files.
 */
const IDLE_FILES = 64
const WORKER_FILES = 12

/**
 * Throws a `StartError` if the process may not open enough files to load that many workers. Connections and
 * uploads need further files and are refused while none are available.
 */
export function checkOpenFiles(workers: number): void {
  const needed = IDLE_FILES + WORKER_FILES * workers
  const allowed = openFilesLimit()
  if (allowed >= needed) return
  throw new StartError(
    `this process may have ${allowed} files open, ${workers} workers need ${needed}: raise the limit (ulimit -n), or give fewer --workers`,
  )
}

/** Returns how many files this process may have open, or infinity if the system does not say. */
function openFilesLimit(): number {
  try {
    const [, limit] = /^Max open files +(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1')) ?? []
    return limit === undefined ? Number.POSITIVE_INFINITY : Number(limit)
  } catch {
    return Number.POSITIVE_INFINITY
  }
}
