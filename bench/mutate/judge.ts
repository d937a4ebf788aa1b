import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockAt, type Covered } from './coverage.ts'
import { applied, type Change, changesOf } from './operators.ts'
import { Tests } from './tests.ts'
import { filesIn, mirror, root, Tree } from './tree.ts'

/** A source with one change. */
export interface Mutant extends Change {
  project: string
  file: string
  source: string
}

/** On a busy machine a test file may take this many times its usual duration, */
const SLOWNESS = 4
/** plus this many ms. */
const START = 20_000

/**
 * Returns the mutants of a project's sources whose names contain one of `parts`, or of all sources if `parts`
 * is empty.
 */
export function mutantsOf(project: string, parts: string[]): Mutant[] {
  return filesIn(join(project, 'src'), '.ts')
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .flatMap(file => {
      const source = readFileSync(join(root, file), 'utf8')
      return changesOf(source).map(change => ({ ...change, project, file, source }))
    })
}

/**
 * Returns the test files that run the changed code: first the test that mirrors the source, then the others,
 * the quickest first.
 */
export function testsFor({ project, file, source, start }: Mutant, covered: Covered[]): Covered[] {
  const block = `${file}:${blockAt(source, start)}`
  const near = mirror(project, file)
  return covered
    .filter(({ blocks }) => blocks.has(block))
    .sort((a, b) => Number(b.test === near) - Number(a.test === near) || a.time - b.time)
}

/** Tries mutants, one at a time. */
export class Bench {
  readonly #tree = new Tree()
  readonly #tests = new Map<string, Tests>()

  /**
   * Returns the first test that fails, and its message. With `changed` false the source is unchanged, so that
   * no test should fail.
   */
  async killer(mutant: Mutant, tests: Covered[], changed = true): Promise<string | undefined> {
    const { file, project, source } = mutant
    const runner = this.#tests.get(project) ?? new Tests(this.#tree, project)
    this.#tests.set(project, runner)
    if (changed) this.#tree.write(file, applied(source, mutant))
    try {
      for (const { test, time } of tests) {
        const problem = await runner.run(test, time * SLOWNESS + START, file)
        if (problem !== '') return `${test}: ${problem.split('\n').at(-1)}`
      }
      return undefined
    } finally {
      this.#tree.write(file, source)
    }
  }

  close(): void {
    for (const tests of this.#tests.values()) tests.stop()
    this.#tree.remove()
  }
}
