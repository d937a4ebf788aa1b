import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coursePython } from '../worker.ts'
import type { ServerContestant } from './contestant.ts'
import { startServer } from './server.ts'

/** Starts our server with the command of `npm start`, which holds all settings. */
export function startOurs(dataDir: string): Promise<ServerContestant> {
  return startServer('ours', startCommand(), dataDir)
}

/** Returns the command that starts our server; arguments may follow it. */
export function startCommand(): [string, ...string[]] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  return ['sh', '-c', `${scripts.start} "$@"`, 'sh']
}

export function startReference(dataDir: string): Promise<ServerContestant> {
  return startServer('Python server', [coursePython, 'bench/reference_server.py'], dataDir)
}
