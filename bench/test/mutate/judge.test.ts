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

function killer(after: string): Promise<string | undefined> {
  const mutant = theMutant(after)
  return bench.killer(mutant, testsFor(mutant, covered))
}

test('a change that a test notices is killed, and leaves nothing behind for the next change', async () => {
  expect(await killer('return age < 18')).toMatch(/adult.test.ts: misses the age/)
  expect(await killer('return age <= 13')).toBeUndefined()
})

test('a change that no test notices survives', async () => {
  expect(await killer('return age > 18')).toBeUndefined()
})

test('code that no test runs has no tests', () => {
  expect(testsFor(theMutant('return age >= 70'), covered)).toEqual([])
})
