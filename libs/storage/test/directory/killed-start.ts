// A process that opens a store and prints a line for each step, but kills itself right before step number
// `fatal` if it gets that far. Steps are the file operations that change something, and SQLite's statements.
import { writeSync } from 'node:fs'
import { DatabaseSync, StatementSync } from 'node:sqlite'
import { openStore } from '../../src/directory/store.ts'
import { type FileOperation, observeFileOperations } from '../../src/files.ts'

const [, , dataDir = '', fatal] = process.argv

const steps: string[] = []
let done = 0

function step(description: string): void {
  if (done++ === Number(fatal)) process.kill(process.pid, 'SIGKILL')
  steps.push(description)
}

/** Returns a name that is the same for all uploads. */
function nameOf(path: string): string {
  return path.slice(dataDir.length + 1).replace(/\d{8,}/, '*') || 'the data directory'
}

const changing: FileOperation['kind'][] = ['create', 'write', 'sync', 'rename', 'remove', 'mkdir', 'insert']
observeFileOperations(({ kind, path }) => {
  if (changing.includes(kind)) step(`before ${kind} ${nameOf(path)}`)
})

const { exec } = DatabaseSync.prototype
DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string) {
  exec.call(this, sql)
  step(`after ${/^\s*(\w+ *\w*)/.exec(sql)?.[1]}`)
}

const { run } = StatementSync.prototype
StatementSync.prototype.run = function (this: StatementSync, ...values: Parameters<typeof run>) {
  const result = run.apply(this, values)
  step('after a statement')
  return result
} as typeof run

// End by a signal in every case: an exit of Node 24 sometimes waits for ever for a thread of V8.
try {
  openStore(dataDir, () => {}).close()
  writeSync(1, JSON.stringify(steps))
} catch (error) {
  writeSync(2, String(error))
} finally {
  process.kill(process.pid, 'SIGKILL')
}
