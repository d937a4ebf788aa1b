import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Order } from './runner.ts'
import type { Tree } from './tree.ts'

/** The short forms of the long tests. */
const short = { TABLE_KILLS: '4', TABLE_POWER_CUTS: '2', TABLE_FUZZ_SECONDS: '1' }

/** Runs the tests of a project in a tree. */
export class Tests {
  readonly #tree: Tree
  readonly #project: string
  #runner: ChildProcess | undefined

  constructor(tree: Tree, project: string) {
    this.#tree = tree
    this.#project = project
    process.on('exit', () => this.stop())
  }

  /**
   * Runs a test file after a source has changed. Resolves to what is red; undefined if the file is green. What takes longer than
   * `limit` ms is red: the change makes something wait for ever.
   */
  async run(test: string, limit: number, changed?: string): Promise<string | undefined> {
    this.#runner ??= await this.#start()
    const runner = this.#runner
    const files = changed === undefined ? [] : [join(this.#tree.path, changed)]
    const timer = setTimeout(() => this.stop(), limit)
    try {
      runner.send({ test: join(this.#tree.path, test), changed: files } satisfies Order)
      const [problem] = await Promise.race([
        once(runner, 'message'),
        once(runner, 'exit').then(() => [`it did not end in ${limit} ms, or it ended the process`]),
      ])
      return problem === '' ? undefined : problem
    } finally {
      clearTimeout(timer)
      runner.removeAllListeners()
      if (runner.exitCode !== null || runner.signalCode !== null) this.stop()
      this.#tree.clean()
    }
  }

  /** Ends all of it, with the servers that a test started. */
  stop(): void {
    const pid = this.#runner?.pid
    this.#runner = undefined
    try {
      if (pid !== undefined) process.kill(-pid, 'SIGKILL')
    } catch {
      // Nothing is left.
    }
  }

  async #start(): Promise<ChildProcess> {
    const runner = spawn(process.execPath, [join(import.meta.dirname, 'runner.ts')], {
      cwd: join(this.#tree.path, this.#project),
      // A group of its own, so that servers that a test started can be ended with it.
      detached: true,
      env: { ...process.env, ...short, TMPDIR: this.#tree.scratch, CI: 'true', NO_COLOR: '1' },
      stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    })
    await once(runner, 'message')
    return runner
  }
}
