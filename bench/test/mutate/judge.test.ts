import { afterAll, expect, test } from 'vitest'
import { coverage } from '../../mutate/coverage.ts'
import { Bench, type Kill, type Mutant, mutantsOf, testsFor } from '../../mutate/judge.ts'
import { line } from '../../mutate/report.ts'

const project = 'bench/test/mutate/sample'
const mutants = mutantsOf(project, [])
const covered = await coverage(project, 1, () => {})
// The tests that are not the likeliest run with several mutants at once.
const bench = new Bench(project, covered, 0)
afterAll(() => bench.close())

function theMutant(after: string): Mutant {
  const found = mutants.find(mutant => line(mutant).endsWith(`→ ${after}`))
  if (found === undefined) throw new Error(`no mutant is ${after}`)
  return found
}

/** Returns what kills each of these mutants, as far as something does. */
async function killers(...afters: string[]): Promise<Kill[]> {
  const kills: Kill[] = []
  for await (const kill of bench.kills(afters.map(theMutant))) kills.push(kill)
  return kills
}

test('a change that a test notices is killed, and leaves nothing behind for the next change', async () => {
  expect(await killers('return age < 18', 'return age <= 13')).toEqual([
    expect.objectContaining({
      mutant: theMutant('return age < 18'),
      test: expect.stringMatching(/adult.test.ts$/),
      problem: expect.stringMatching('misses the age'),
    }),
  ])
})

test('a change that no test notices survives', async () => {
  expect(await killers('return age <= 13')).toEqual([])
})

test('changes that are tried together are told apart', async () => {
  const kills = await killers('return age > 18', 'return age <= 13', 'return age >= 19')
  expect(kills.map(({ mutant }) => mutant)).toEqual(['return age > 18', 'return age >= 19'].map(theMutant))
})

test('code that no test runs has no tests', () => {
  expect(testsFor(theMutant('return age >= 70'), covered)).toEqual([])
})
