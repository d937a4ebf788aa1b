import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, rmSync } from 'node:fs'
import { announcedPort } from './announcedPort.ts'
import { root } from './repository.ts'
import { outputBytes } from './run.ts'
import type { TestServer } from './server.ts'
import { temporaryDirectory } from './temporary.ts'

export interface ProcessServer extends TestServer {
  dataDir: string
  /** Ends the server as a crash would. Its data stays. */
  kill(): Promise<void>
}

interface ProcessServerOptions {
  /** By default a temporary directory, which is removed at the end. */
  dataDir?: string
  /** By default a free port. */
  port?: number
  env?: Record<string, string>
  /** The clone of the repository that is started. */
  cwd?: string
}

/**
 * Starts the server with `npm start`, as a user does, on the given port or a free one. Resolves when the
 * server listens.
 */
export async function startProcess(options: ProcessServerOptions = {}): Promise<ProcessServer> {
  const { cwd = root, env, port: wanted = 0 } = options
  const dataDir = options.dataDir ?? temporaryDirectory()
  const child = spawn('npm', ['start', '--', '--port', String(wanted), '--data-dir', dataDir], {
    cwd,
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const closed = once(child, 'close')
  const port = await announcedPort(child)
  const pid = lastDescendant(child.pid as number)

  return {
    port,
    pid,
    dataDir,
    inside: command => outputBytes('sh', ['-c', command], { cwd: dataDir }),
    async stop() {
      // Send the signal to npm, as a service manager does: npm must pass it on.
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

/** Returns the server's process: npm runs a shell, and the shell becomes the server. */
function lastDescendant(pid: number): number {
  const [child] = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ')
  return child ? lastDescendant(Number(child)) : pid
}
