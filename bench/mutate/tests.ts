import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { join } from 'node:path'
import type { Answer, Order } from './runner.ts'
import type { Tree } from './tree.ts'

/** The sources that have changed, and whether a program runs a change. */
export interface Changes {
  changed?: string[]
  inProgram?: boolean
}

/** Shorter than the short form, because each mutant runs the tests again. */
const short = {
  TABLE_TESTS: 'short',
  TABLE_CASES: '200',
  TABLE_KILLS: '4',
  TABLE_POWER_CUTS: '2',
  TABLE_FUZZ_SECONDS: '1',
}

/** A test may leave something behind that ends its process during this run or the next one, so a run is tried again. */
const ATTEMPTS = 2

const LATE = 'it was not done after'

/** Runs the tests of a project in a tree. */
export class Tests {
  readonly #tree: Tree
  readonly #project: string
  #runner: ChildProcess | undefined
  /** The bundle of the programs without a change. */
  #unchanged: string | undefined
  /** Takes an answer, or undefined if the runner has ended. */
  #answer: (answer: Answer | undefined) => void = () => {}

  constructor(tree: Tree, project: string) {
    this.#tree = tree
    this.#project = project
    process.on('exit', () => this.stop())
  }

  /** Bundles the programs of the unchanged sources once, which takes longer than most of the tests. */
  async prepare(): Promise<void> {
    if (!this.#isBundled || this.#unchanged !== undefined) return
    const { bundlePrograms }: typeof import('../../testing/bundledPrograms.ts') = await import(
      join(this.#tree.path, 'testing/bundledPrograms.ts')
    )
    this.#unchanged = await bundlePrograms()
  }

  /**
   * Runs a test file after sources have changed. Returns what failed, or an empty text if the file is green.
   * A file that takes longer than `limit` ms fails: the change makes something wait forever.
   */
  async run(test: string, limit: number, { changed = [], inProgram = false }: Changes = {}): Promise<string> {
    const order: Order = {
      bundle: inProgram ? undefined : this.#unchanged,
      test: join(this.#tree.path, test),
      changed: changed.map(file => join(this.#tree.path, file)),
    }
    for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
      this.#runner ??= await this.#start()
      const answer = Promise.withResolvers<string | undefined>()
      // An answer from a runner that was stopped may belong to an earlier order.
      this.#answer = given => {
        if (given === undefined || given.test === order.test) answer.resolve(given?.problem)
      }
      let late = false
      const timer = setTimeout(() => {
        late = true
        this.stop()
      }, limit)
      this.#runner.send(order, () => {})
      const problem = await answer.promise
      clearTimeout(timer)
      this.#tree.clean()
      if (late) return `${LATE} ${Math.round(limit)} ms`
      if (problem !== undefined) return problem
    }
    return 'it ends the process that runs the tests'
  }

  isLate(problem: string): boolean {
    return problem.startsWith(LATE)
  }

  /** Ends the runner and the servers that its tests started. */
  stop(): void {
    try {
      if (this.#runner?.pid !== undefined) process.kill(-this.#runner.pid, 'SIGKILL')
    } catch {
      // The process group has already ended.
    }
  }

  /** Only the tests of applications start programs, which need a bundle of each mutant. */
  get #isBundled(): boolean {
    return this.#project.startsWith('apps/')
  }

  async #start(): Promise<ChildProcess> {
    const runner = spawn(process.execPath, [join(import.meta.dirname, 'runner.ts'), this.#tree.path], {
      cwd: join(this.#tree.path, this.#project),
      // A process group of its own, so that the servers that a test started can be ended with it.
      detached: true,
      env: {
        ...process.env,
        ...short,
        ...(!this.#isBundled && { TABLE_UNBUNDLED: '1' }),
        TMPDIR: this.#tree.scratch,
        CI: 'true',
        NO_COLOR: '1',
      },
      // What servers say about a mutant would stand among the results of our own tests.
      stdio: ['ignore', 'ignore', process.env.VITEST ? 'ignore' : 'inherit', 'ipc'],
    })
    await once(runner, 'message')
    runner.on('message', (answer: Answer) => this.#answer(answer))
    runner.once('close', () => {
      this.#runner = undefined
      this.#answer(undefined)
    })
    return runner
  }
}
