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

/** A test file may take so many times what it took when nothing was changed, as the machine may be busy, */
const SLOWNESS = 4
/** and so many ms more. */
const START = 20_000

/** The mutants of a project's sources whose names hold one of `parts`; all if there are no parts. */
export function mutantsOf(project: string, parts: string[]): Mutant[] {
  return filesIn(join(project, 'src'), '.ts')
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .flatMap(file => {
      const source = readFileSync(join(root, file), 'utf8')
      return changesOf(source).map(change => ({ ...change, project, file, source }))
    })
}

/** Test files that run what is changed: the test that mirrors the source, then the others, the quickest first. */
export function testsFor({ project, file, source, start }: Mutant, covered: Covered[]): Covered[] {
  const block = `${file}:${blockAt(source, start)}`
  const near = mirror(project, file)
  return covered
    .filter(({ blocks }) => blocks.has(block))
    .sort((a, b) => Number(b.test === near) - Number(a.test === near) || a.time - b.time)
}

/** Where mutants are tried, one at a time. */
export class Bench {
  readonly #tree = new Tree()
  readonly #tests = new Map<string, Tests>()

  /** The first of the tests that notices, and what it says. With `changed` false nothing is changed, so that none should. */
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
