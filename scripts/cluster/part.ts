import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, readFileSync } from 'node:fs'
import { connect, createServer } from 'node:net'
import { setTimeout as pause } from 'node:timers/promises'

/** A program of a cluster that can be stopped, killed and started again on the same port. */
export interface Part {
  readonly name: string
  readonly port: number
  /** The ids of its processes that run, without those that they have started. */
  readonly pids: readonly number[]
  /** Resolves when the program answers. */
  start(): Promise<void>
  /** Ends the program as an operator would. */
  stop(): Promise<void>
  /** Ends the program as a crash would. */
  kill(): Promise<void>
}

export interface Program {
  name: string
  port: number
  command: string
  args: readonly string[]
  /** The environment beside `PATH` and `HOME`. */
  env?: Record<string, string>
  /** Runs the program as another user. */
  user?: { uid: number; gid: number } | undefined
  /** The signal that ends the program in order. */
  ending?: NodeJS.Signals
  /** The line of stderr that says that the program is ready. By default it is ready when it takes a connection. */
  ready?: RegExp
  /** A program that ends with this text is started again: it waits for what an earlier run has left. */
  again?: RegExp
}

/** The most characters of a program's last words that an error repeats. */
const WORDS = 2000

const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) killAll(child)
})

/** Sends a signal to a program and to the programs that it has started. */
function killGroup({ pid }: Pick<ChildProcess, 'pid'>, signal: NodeJS.Signals): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, signal)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ESRCH') throw error // the program has just ended
  }
}

/**
 * Kills a program and all that it has started. PostgreSQL's sessions have groups of their own, and one that waits for another of them may
 * not notice the death of the server, which then cannot be started again.
 */
function killAll(child: ChildProcess): void {
  const below = child.pid === undefined ? [] : descendants(child.pid)
  killGroup(child, 'SIGKILL')
  for (const pid of below) killGroup({ pid }, 'SIGKILL')
}

/** Returns the processes below one, whichever group they are in. */
function descendants(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  const children = readFileSync(path, 'utf8').split(' ').filter(Boolean).map(Number)
  return children.flatMap(child => [child, ...descendants(child)])
}

/** A part that is one process. The process has a group of its own, so that Ctrl-C reaches only us, and we end the parts in order. */
export class ProcessPart implements Part {
  readonly name: string
  readonly port: number
  readonly #program: Program
  #child: ChildProcess | undefined
  #ended: Promise<unknown> = Promise.resolve()
  #said = ''

  constructor(program: Program) {
    this.name = program.name
    this.port = program.port
    this.#program = program
  }

  /** The id of the process, while it runs. */
  get pid(): number | undefined {
    return this.#child?.pid
  }

  get pids(): number[] {
    return this.pid === undefined ? [] : [this.pid]
  }

  async start(): Promise<void> {
    while (!(await this.#attempt())) await pause(100)
  }

  stop(): Promise<void> {
    return this.#end(this.#program.ending ?? 'SIGTERM')
  }

  kill(): Promise<void> {
    return this.#end('SIGKILL')
  }

  /** Returns false if the program has to be started again. */
  async #attempt(): Promise<boolean> {
    const { command, args, env, user, ready, again } = this.#program
    const { PATH = '', HOME = '/' } = process.env
    const child = spawn(command, args, {
      cwd: '/',
      env: { PATH, HOME, ...env },
      stdio: ['ignore', 'ignore', 'pipe'],
      detached: true,
      ...user,
    })
    running.add(child)
    this.#child = child
    this.#said = ''
    const answered = new Promise<void>(resolve => {
      child.stderr.setEncoding('utf8').on('data', text => {
        const said = `${this.#said}${text}`
        if (ready?.test(said)) resolve()
        this.#said = said.slice(-WORDS)
      })
    })
    this.#ended = new Promise(resolve => child.once('close', resolve).once('error', resolve))
    const ended = this.#ended.then(code => {
      running.delete(child)
      if (this.#child === child) this.#child = undefined
      return { code }
    })
    const failed = await Promise.race([ready ? answered : this.#connected(child), ended])
    if (!failed) return true
    if (again?.test(this.#said)) return false
    throw new Error(`${this.name} ended before it was ready, with exit code ${failed.code}:\n${this.#said}`)
  }

  async #connected(child: ChildProcess): Promise<void> {
    while (child.exitCode === null && child.signalCode === null && child.pid !== undefined) {
      if (await accepts(this.port)) return
      await pause(50)
    }
    await new Promise(() => {}) // the end of the process is reported by `ended`
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    if (this.#child && signal === 'SIGKILL') killAll(this.#child)
    else if (this.#child) killGroup(this.#child, signal)
    await this.#ended
  }
}

async function accepts(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1')
  try {
    await once(socket, 'connect')
    return true
  } catch {
    return false
  } finally {
    socket.destroy()
  }
}

/** Returns a port that nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const address = server.address()
  server.close()
  if (address === null || typeof address === 'string') throw new Error('a TCP server has no port')
  return address.port
}
