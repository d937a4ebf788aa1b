import { once } from 'node:events'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'
import { listeningAddress } from '../contestants/server.ts'
import { startCommand } from '../contestants/servers.ts'
import { forgetPeak, type Process, startProcess } from '../processes.ts'

/** What the system says about the server's process. */
export interface Vitals {
  /** In MiB. */
  memory: number
  /** In MiB, since the last look. */
  peak: number
  descriptors: number
  threads: number
}

/** Our server, on a port that stays the same across restarts. */
export class SoakServer {
  readonly port: number
  readonly #dataDir: string
  readonly #died = Promise.withResolvers<never>()
  #child!: Process
  #up = false
  #lastUp = 0

  /** Rejects when the server ends on its own. */
  readonly died = this.#died.promise

  static async start(dataDir: string): Promise<SoakServer> {
    mkdirSync(dataDir)
    const server = new SoakServer(await freePort(), dataDir)
    await server.#start()
    return server
  }

  private constructor(port: number, dataDir: string) {
    this.port = port
    this.#dataDir = dataDir
    this.died.catch(() => {})
  }

  /** Returns whether the server was down at any time since then, by `performance.now()`. */
  wasDown(since: number): boolean {
    return !this.#up || since < this.#lastUp
  }

  /** Kills the server and starts it again. Resolves to the ms that the start took. */
  async kill(): Promise<number> {
    await this.#end('SIGKILL')
    return this.#start()
  }

  /**
   * Stops the server and starts it again. Resolves to the ms that the start took. Throws if the server did
   * not end cleanly.
   */
  async restart(): Promise<number> {
    await this.stop()
    return this.#start()
  }

  async stop(): Promise<void> {
    const code = await this.#end('SIGTERM')
    if (code !== 0) throw new Error(`the server ended with exit code ${code} after SIGTERM`)
  }

  /** Halts the server for `ms`, as on a machine that is suspended. */
  async halt(ms: number): Promise<void> {
    this.#child.kill('SIGSTOP')
    await pause(ms)
    this.#child.kill('SIGCONT')
  }

  /** Returns undefined while the server is down. */
  vitals(): Vitals | undefined {
    if (!this.#up) return undefined
    const status = readFileSync(`/proc/${this.#child.pid}/status`, 'utf8')
    const number = (name: string) => Number(new RegExp(`^${name}:\\s+(\\d+)`, 'm').exec(status)?.[1])
    forgetPeak(this.#child)
    return {
      memory: number('VmRSS') / 1024,
      peak: number('VmHWM') / 1024,
      descriptors: readdirSync(`/proc/${this.#child.pid}/fd`).length,
      threads: number('Threads'),
    }
  }

  async #start(): Promise<number> {
    const begin = performance.now()
    const [program, ...args] = startCommand()
    const child = startProcess(program, [...args, '--port', `${this.port}`, '--data-dir', this.#dataDir])
    this.#child = child
    child.once('exit', (code, signal) => {
      if (this.#up)
        this.#died.reject(new Error(`the server ended by itself: ${signal ?? `exit code ${code}`}`))
    })
    await listeningAddress('the server', child.stdout)
    this.#up = true
    this.#lastUp = performance.now()
    return this.#lastUp - begin
  }

  async #end(signal: 'SIGKILL' | 'SIGTERM'): Promise<number | null> {
    this.#up = false
    const exit = once(this.#child, 'exit')
    this.#child.kill(signal)
    const [code] = await exit
    return code
  }
}

/**
 * Finds a free port outside the range that clients get: a client that connects while no server listens could
 * be given the server's own port, and would then be connected to itself.
 */
async function freePort(): Promise<number> {
  const [lowest = 32768] = readFileSync('/proc/sys/net/ipv4/ip_local_port_range', 'utf8')
    .split('\t')
    .map(Number)
  for (;;) {
    const port = 1024 + Math.floor(Math.random() * (lowest - 1024))
    const probe = createServer()
    const free = await new Promise<boolean>(resolve => {
      probe.once('error', () => resolve(false))
      probe.listen(port, 'localhost', () => resolve(true))
    })
    await new Promise(resolve => probe.close(resolve))
    if (free) return port
  }
}
