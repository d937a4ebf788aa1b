import { join } from 'node:path'
import type { Part } from './part.ts'
import { makeSail } from './sail.ts'
import { makeSpark } from './spark.ts'

/** Makes the engine that `TABLE_ENGINE` names: `sail`, which is the default, or `spark`. `directory`: for what the engine keeps. */
export function makeEngine(
  store: { endpoint: string; credentials: Record<string, string> },
  directory: string,
): Promise<Part> {
  const name = process.env.TABLE_ENGINE ?? 'sail'
  if (name === 'sail') return makeSail(store)
  if (name === 'spark') return makeSpark(store, join(directory, 'spark'))
  throw new Error(`TABLE_ENGINE: found "${name}", expected sail or spark`)
}
