import { latestPython, startWorker } from '../worker.ts'
import type { Contestant, Format } from './contestant.ts'

/**
 * Starts a library that sums files inside a warm Python process of its own. `types` are the columns' types in
 * the order of the header; without them the library has to infer the types.
 */
export function startInProcess(
  name: string,
  script: string,
  files: Readonly<Record<Format, readonly string[]>>,
  types?: Readonly<Record<string, string>>,
): Contestant {
  const worker = startWorker(latestPython, script)
  return {
    name,
    async sum(column, format) {
      const command = { do: 'sum', column, format, files: files[format], types: types ?? null }
      const { ms, total } = await worker.ask<{ ms: number; total: string }>(command)
      return { ms, total: BigInt(total) }
    },
    peakBytes: worker.peakBytes,
    stop: worker.stop,
  }
}
