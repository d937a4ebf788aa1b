import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { MALLOC_VARIABLES } from '../../apps/server/src/config/tuning.ts'
import { serverProgram } from '../../testing/program.ts'
import { announcedPort } from './announcedPort.ts'
import { root } from './repository.ts'
import { outputBytes } from './run.ts'
import type { TestServer } from './server.ts'
import { temporaryDirectory } from './temporary.ts'

export interface ProcessServer extends TestServer {
  dataDir: string
  /** What the server has written to its log so far. */
  log(): string
  /** Ends the server as a crash would. Its data stays. */
  kill(): Promise<void>
}

interface ProcessServerOptions {
  /** By default a temporary directory, which is removed at the end. */
  dataDir?: string
  /** By default a free port. */
  port?: number
  env?: Record<string, string>
  /** A clone of the repository to start with `npm start`, as a user does. */
  clone?: string
}

const malloc = Object.fromEntries(MALLOC_VARIABLES.map(setting => setting.split('=')))

/**
 * Starts the server on the given port or a free one, with the settings of `npm start`: npm itself would take as much CPU time as half
 * a server. Resolves when the server listens.
 */
export async function startProcess(options: ProcessServerOptions = {}): Promise<ProcessServer> {
  const { clone, env, port: wanted = 0 } = options
  const dataDir = options.dataDir ?? temporaryDirectory()
  const [command, start] = clone ? ['npm', ['start', '--']] : [process.execPath, serverProgram()]
  const child = spawn(command, [...start, '--port', String(wanted), '--data-dir', dataDir], {
    cwd: clone ?? root,
    // Run the Node that runs the tests.
    env: { ...process.env, ...malloc, PATH: `${dirname(process.execPath)}:${process.env.PATH}`, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  let log = ''
  child.stderr.on('data', text => {
    log += text
  })
  const port = await announcedPort(child)
  const pid = lastDescendant(child.pid as number)

  return {
    port,
    pid,
    dataDir,
    log: () => log,
    inside: command => outputBytes('sh', ['-c', command], { cwd: dataDir }),
    async stop() {
      // If npm started the server, the signal goes to npm, as from a service manager: npm must pass it on.
      child.kill('SIGTERM')
      const [code] = await closed
      if (options.dataDir === undefined) rmSync(dataDir, { recursive: true, force: true })
      if (code !== 0) throw new Error(`the server ended with exit code ${code} after SIGTERM`)
    },
    async kill() {
      if (child.exitCode === null) process.kill(pid, 'SIGKILL')
      await closed
    },
  }
}

/** Returns the server's process: npm would run a shell, and the shell becomes the server. */
function lastDescendant(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  return child ? lastDescendant(Number(child)) : pid
}
