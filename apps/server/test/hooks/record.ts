// Records every file operation of every thread with whether the lock was held, and every use of the guarded
// state without the lock. Preloaded into every thread of a server.
import { appendFileSync } from 'node:fs'
import { threadId } from 'node:worker_threads'
import { IdSet } from '../../../../libs/storage/src/catalogue/idSet.ts'
import { Guarded, type Sync } from '../../../../libs/storage/src/catalogue/lock.ts'
import { UploadList } from '../../../../libs/storage/src/catalogue/uploadList.ts'
import { observeFileOperations } from '../../../../libs/storage/src/files.ts'

export type RecordLine =
  | { what: 'operation'; thread: number; kind: string; path: string; held: boolean }
  | { what: 'access'; thread: number }
  | { what: 'touch without the lock'; thread: number; name: string }

let held = false

function record(line: RecordLine): void {
  appendFileSync(process.env.RECORD ?? '', `${JSON.stringify(line)}\n`)
}

observeFileOperations(({ kind, path }) => record({ what: 'operation', thread: threadId, kind, path, held }))

/** Wraps `target` so that every use outside a critical section is noticed, also of the collections inside. */
function watched<T extends object>(target: T): T {
  return new Proxy(target, {
    get(_target, name) {
      notice(name)
      const value: unknown = Reflect.get(target, name, target)
      if (typeof value === 'function') return value.bind(target)
      return value instanceof UploadList || value instanceof IdSet ? watched(value) : value
    },
    set(_target, name, value) {
      notice(name)
      return Reflect.set(target, name, value, target)
    },
  })
}

function notice(name: string | symbol): void {
  if (!held) record({ what: 'touch without the lock', thread: threadId, name: String(name) })
}

const access = Guarded.prototype.access<unknown>
Guarded.prototype.access = function <T>(
  this: Guarded<object>,
  critical: (state: object) => Sync<T>,
): Promise<T> {
  const recorded = (state: object) => {
    held = true
    try {
      record({ what: 'access', thread: threadId })
      return critical(watched(state))
    } finally {
      held = false
    }
  }
  return access.call(this, recorded) as Promise<T>
}
