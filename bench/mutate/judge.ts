import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { blockAt, type Covered } from './coverage.ts'
import { applied, type Change, changesOf } from './operators.ts'
import { runTests } from './tests.ts'
import { filesIn, mirror, root, type Tree } from './tree.ts'

/** A source with one change. */
export interface Mutant extends Change {
  project: string
  file: string
  source: string
}

/** Tests that take no longer than so many ms together run first. */
const QUICK = 4000
/** A busy machine may take so many times what it took when nothing was changed. */
const SLOWNESS = 4
/** And so many ms for the start of Vitest. */
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

/** Test files that run what is changed, in groups: the test that mirrors the source, then the quick ones, then the others. */
export function testsFor({ project, file, source, start }: Mutant, covered: Covered[]): Covered[][] {
  const block = `${file}:${blockAt(source, start)}`
  const near = mirror(project, file)
  const reaching = covered
    .filter(({ blocks }) => blocks.has(block))
    .sort((a, b) => Number(b.test === near) - Number(a.test === near) || a.time - b.time)
  const groups: Covered[][] = [[], [], []]
  let time = 0
  for (const test of reaching) {
    time += test.time
    groups[test.test === near ? 0 : time <= QUICK ? 1 : 2]?.push(test)
  }
  return groups.filter(group => group.length > 0)
}

/** Whether one of the tests notices. With `changed` false nothing is changed, so that none should. */
export async function isKilled(
  tree: Tree,
  mutant: Mutant,
  groups: Covered[][],
  changed = true,
): Promise<boolean> {
  if (changed) tree.write(mutant.file, applied(mutant.source, mutant))
  try {
    for (const group of groups) {
      const limit = group.reduce((sum, { time }) => sum + time, 0) * SLOWNESS + START
      const tests = group.map(({ test }) => test)
      if ((await runTests(tree, mutant.project, tests, limit)) !== undefined) return true
    }
    return false
  } finally {
    tree.write(mutant.file, mutant.source)
  }
}
