// Lets a worker run out of memory when it begins to convert an upload that begins with `exhaust`. Preloaded
// into every thread of a server.
import { readFileSync } from 'node:fs'
import { isMainThread } from 'node:worker_threads'
import { observeFileOperations } from '../../../../libs/storage/src/files.ts'

if (!isMainThread)
  observeFileOperations(({ kind, path }) => {
    if (kind !== 'open' || !path.endsWith('.csv') || !readFileSync(path, 'latin1').startsWith('exhaust'))
      return
    for (const kept: unknown[] = []; ; ) kept.push(new Array(10_000).fill(kept.length))
  })
