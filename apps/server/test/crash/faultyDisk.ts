import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryDirectory } from '../support/server.ts'

/** Which system calls of a server fail, as faults.py takes it. */
export interface Order {
  calls: readonly string[]
  /** The files of the data directory whose calls fail. */
  file: FileKind
  error: 'EIO' | 'ENOSPC' | 'EPERM' | 'EXDEV'
  /** The call that fails, all calls from it on, or random calls. */
  which: { nth: number; lasting?: boolean } | { chance: number; seed: number }
  done?: 'nothing' | 'half' | 'all'
}

/** The name of each kind of file, relative to the data directory. */
const files = {
  database: 'catalogue\\.db$',
  log: 'catalogue\\.db-wal$',
  index: 'catalogue\\.db-shm$',
  stored: 'files(/.*)?$',
  incoming: 'incoming(/.*)?$',
  query: 'query(/.*)?$',
  any: '.*$',
}

export type FileKind = keyof typeof files

/** A disk for a server whose system calls are to fail. */
export class FaultyDisk {
  readonly #dataDir: string
  readonly #order = join(temporaryDirectory(), 'order')

  constructor(dataDir: string) {
    this.#dataDir = dataDir
  }

  /** The command that runs the server. */
  get command(): string[] {
    return ['python3', join(import.meta.dirname, 'faults.py'), this.#order]
  }

  /** Makes calls fail from now on. */
  fail({ which, file, ...order }: Order): void {
    const text = JSON.stringify({
      ...order,
      ...which,
      file: `^${RegExp.escape(this.#dataDir)}/${files[file]}`,
    })
    writeFileSync(`${this.#order}.new`, text)
    renameSync(`${this.#order}.new`, this.#order)
  }

  /** Kills the server, or asks it to stop. */
  end(child: ChildProcess, end: 'kill' | 'stop'): void {
    child.kill(end === 'kill' ? 'SIGTERM' : 'SIGINT')
  }

  /** Returns the calls that have failed so far. */
  failures(): string[] {
    const path = `${this.#order}.faults`
    return existsSync(path) ? readFileSync(path, 'utf8').trimEnd().split('\n') : []
  }
}
