// Kills the server between two steps of its threads that change the disk: before a file operation, or after
// SQLite has changed its own files. The file FUSE holds the number of the fatal step, counted from the moment
// when the file exists; the step's name is written beside it. Preloaded into every thread of a server.
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { getEnvironmentData, isMainThread, setEnvironmentData } from 'node:worker_threads'
// Import the file itself: index.ts would make each start slower.
import { type FileOperation, observeFileOperations } from '../../../../libs/storage/src/files.ts'
import './earlyCheckpoints.ts'

const changing: FileOperation['kind'][] = ['create', 'write', 'sync', 'rename', 'remove', 'mkdir', 'insert']
const fuse = process.env.FUSE ?? ''

if (isMainThread) setEnvironmentData('steps', new Int32Array(new SharedArrayBuffer(4)))
const steps = getEnvironmentData('steps') as Int32Array

function step(description: string): void {
  if (!existsSync(fuse) || Atomics.add(steps, 0, 1) !== Number(readFileSync(fuse))) return
  writeFileSync(`${fuse}.step`, `${description}, ${isMainThread ? 'main thread' : 'worker'}`)
  process.kill(process.pid, 'SIGKILL')
}

observeFileOperations(({ kind, path }) => {
  if (changing.includes(kind)) step(`before ${kind} ${nameOf(path)}`)
})

/** Returns a name that is the same for all uploads. */
function nameOf(path: string): string {
  const [name] = /((files|incoming)\/)?[^/]*$/.exec(path) ?? ['']
  return name.replace(/\d{8}/, '*').replace(/^table-server-.*/, 'the data directory')
}

const { run } = StatementSync.prototype
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  const result = run.apply(this, values)
  step('after a statement')
  return result
} as typeof run

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  step(`after ${/^\s*(\w+)/.exec(sql)?.[1]}`)
}
