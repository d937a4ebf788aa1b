import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockFinder, type Covered, LIMIT } from './coverage.ts'
import { allApplied, type Change, changesOf, overlap } from './operators.ts'
import { Tests } from './tests.ts'
import { filesIn, mirror, root, Tree } from './tree.ts'

/** A source with one change. */
export interface Mutant extends Change {
  project: string
  file: string
  source: string
  /** The innermost block that holds the change, as in `Covered`. */
  block: string
}

/** A test that fails on a mutant, and its message. */
export interface Kill {
  mutant: Mutant
  test: string
  problem: string
}

/** On a busy machine a test file may take this many times its usual duration, */
const SLOWNESS = 4
/** plus this many ms. */
const START = 5_000
/** A mutant is tried alone on the tests that probably kill it, for about so many ms. */
const ALONE = 6_000
/** Then so many mutants are tried at once, because most of them survive each of the other tests. */
const TOGETHER = 32
/** The tests of one in so many kills also run without the change. */
const CONTROL = 10

/**
 * Returns the mutants of a project's sources whose names contain one of `parts`, or of all sources if `parts`
 * is empty.
 */
export function mutantsOf(project: string, parts: string[]): Mutant[] {
  return filesIn(join(project, 'src'), '.ts')
    .filter(file => parts.length === 0 || parts.some(part => file.includes(part)))
    .flatMap(file => {
      const source = readFileSync(join(root, file), 'utf8')
      const blockAt = blockFinder(file, source)
      return changesOf(source).map(change => ({
        ...change,
        project,
        file,
        source,
        block: blockAt(change.start),
      }))
    })
}

/** Returns the test files that run the changed code, the quickest first. */
export function testsFor({ block }: Mutant, covered: Covered[]): Covered[] {
  return covered.filter(({ blocks }) => blocks.has(block)).sort((a, b) => a.time - b.time)
}

/** Tries mutants of one project. */
export class Bench {
  /** How many kills also ran without the change, and how many of these runs were red. */
  readonly controls = { all: 0, red: 0 }
  readonly #covered: Covered[]
  readonly #tree = new Tree()
  readonly #tests: Tests
  /** The tests that have killed a mutant of a file. */
  readonly #killers = new Map<string, Set<string>>()
  readonly #alone: number
  #kills = 0

  constructor(project: string, covered: Covered[], alone = ALONE) {
    this.#alone = alone
    this.#covered = covered.toSorted((a, b) => a.time - b.time)
    this.#tests = new Tests(this.#tree, project)
  }

  /** Yields each mutant that a test kills. The others survive. */
  async *kills(mutants: readonly Mutant[]): AsyncGenerator<Kill> {
    await this.#tests.prepare()
    const alive = new Set(mutants)
    const tried = new Map<Mutant, Covered[]>()
    for (const mutant of mutants) {
      const first = this.#likely(mutant)
      tried.set(mutant, first)
      for (const test of first) {
        const [kill] = await this.#killed(test, [mutant])
        if (kill === undefined) continue
        alive.delete(mutant)
        yield kill
        break
      }
    }
    for (const test of this.#covered) {
      const left = [...alive].filter(
        mutant => testsFor(mutant, [test]).length > 0 && !tried.get(mutant)?.includes(test),
      )
      for (const group of groups(left))
        for (const kill of await this.#killed(test, group)) {
          alive.delete(kill.mutant)
          yield kill
        }
    }
  }

  close(): void {
    this.#tests.stop()
    this.#tree.remove()
  }

  /**
   * Returns the test that mirrors the source, the tests that have killed another mutant of the source, and the
   * quickest tests: the first always, then as many as fit into the time.
   */
  #likely(mutant: Mutant): Covered[] {
    const near = mirror(mutant.project, mutant.file)
    const rank = ({ test }: Covered) => {
      if (test === near) return 0
      return this.#killers.get(mutant.file)?.has(test) ? 1 : 2
    }
    const chosen: Covered[] = []
    let time = 0
    for (const test of testsFor(mutant, this.#covered).sort((a, b) => rank(a) - rank(b))) {
      time += test.time
      if (chosen.length > 0 && time > this.#alone) break
      chosen.push(test)
    }
    return chosen
  }

  /** Runs a test on all the mutants at once, and if it fails on halves of them, down to each alone. */
  async #killed(test: Covered, mutants: Mutant[]): Promise<Kill[]> {
    if (mutants.length === 0) return []
    const problem = await this.#run(test, mutants)
    if (problem === '') return []
    const [mutant, other] = mutants
    if (mutant === undefined || other !== undefined) {
      const half = Math.ceil(mutants.length / 2)
      return [
        ...(await this.#killed(test, mutants.slice(0, half))),
        ...(await this.#killed(test, mutants.slice(half))),
      ]
    }
    if (!(await this.#isDueToChange(test, mutant, problem))) return []
    this.#killers.set(mutant.file, (this.#killers.get(mutant.file) ?? new Set()).add(test.test))
    return [{ mutant, test: test.test, problem }]
  }

  /**
   * Looks whether a test fails by chance: always if it took too long, else now and then. The machine may be busier than when the test was
   * measured, so a mutant that took too long gets a second chance, by what the test takes now.
   */
  async #isDueToChange(test: Covered, mutant: Mutant, problem: string): Promise<boolean> {
    const isLate = this.#tests.isLate(problem)
    if (this.#kills++ % CONTROL !== 0 && !isLate) return true
    this.controls.all++
    const start = performance.now()
    const isGreen = (await this.#run(test, [], LIMIT)) === ''
    const time = performance.now() - start
    if (!isGreen) this.controls.red++
    if (!isLate || !isGreen || 2 * time < limitOf(test)) return isGreen
    return (await this.#run({ ...test, time }, [mutant])) !== ''
  }

  async #run(test: Covered, mutants: Mutant[], limit = limitOf(test)): Promise<string> {
    const byFile = Map.groupBy(mutants, ({ file }) => file)
    for (const [file, changes] of byFile)
      this.#tree.write(file, allApplied(changes[0]?.source ?? '', changes))
    try {
      return await this.#tests.run(test.test, limit, {
        changed: [...byFile.keys()],
        inProgram: mutants.some(({ block }) => test.inPrograms.has(block)),
      })
    } finally {
      for (const [file, changes] of byFile) this.#tree.write(file, changes[0]?.source ?? '')
    }
  }
}

/** Returns how long a test may take, in ms. */
function limitOf({ time }: Covered): number {
  return time * SLOWNESS + START
}

/** Divides mutants into groups whose changes do not overlap. */
function groups(mutants: Mutant[]): Mutant[][] {
  const made: Mutant[][] = []
  for (const mutant of mutants) {
    const group = made.find(
      others =>
        others.length < TOGETHER &&
        !others.some(other => other.file === mutant.file && overlap(other, mutant)),
    )
    if (group) group.push(mutant)
    else made.push([mutant])
  }
  return made
}
