import { afterAll, expect, test } from 'vitest'
import { coverage } from '../../mutate/coverage.ts'
import { Bench, type Mutant, mutantsOf, testsFor } from '../../mutate/judge.ts'
import { line } from '../../mutate/report.ts'

const project = 'bench/test/mutate/sample'
const mutants = mutantsOf(project, [])
const covered = await coverage(project, 1, () => {})
const bench = new Bench()
afterAll(() => bench.close())

function theMutant(after: string): Mutant {
  const found = mutants.find(mutant => line(mutant).endsWith(`→ ${after}`))
  if (found === undefined) throw new Error(`no mutant is ${after}`)
  return found
}

test('a change that a test notices is killed, and nothing is left of it', async () => {
  const mutant = theMutant('return age < 18')
  const tests = testsFor(mutant, covered)
  expect(await bench.killer(mutant, tests)).toMatch(/adult.test.ts: misses the age/)
  expect(await bench.killer(mutant, tests, false)).toBeUndefined()
})

test('a change that no test notices survives, whatever was killed before', async () => {
  for (const after of ['return age > 18', 'return age <= 13']) {
    const mutant = theMutant(after)
    const tests = testsFor(mutant, covered)
    expect(tests.length).toBeGreaterThan(0)
    expect(await bench.killer(mutant, tests)).toBeUndefined()
  }
})

test('what no test runs has no tests', () => {
  expect(testsFor(theMutant('return age >= 70'), covered)).toEqual([])
})
