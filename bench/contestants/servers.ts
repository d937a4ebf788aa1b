import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { coursePython } from '../worker.ts'
import type { ServerContestant } from './contestant.ts'
import { startServer } from './server.ts'

/** Our server, by the command of `npm start`: its settings stand there alone. */
export function startOurs(dataDir: string): Promise<ServerContestant> {
  return startServer('ours', startCommand(), dataDir)
}

/** Of our server; arguments may follow. */
export function startCommand(): [string, ...string[]] {
  const { scripts } = JSON.parse(readFileSync(join(import.meta.dirname, '../../package.json'), 'utf8'))
  return ['sh', '-c', `${scripts.start} "$@"`, 'sh']
}

export function startReference(dataDir: string): Promise<ServerContestant> {
  return startServer('Python server', [coursePython, 'bench/reference_server.py'], dataDir)
}
