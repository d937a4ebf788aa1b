// Stats against Python's exact arithmetic: fractions, math.fsum and int.
import { expect, test } from 'vitest'
import { randomCases } from '../../testing/form.ts'
import { environments, runPython } from '../support/python.ts'
import { startTarget } from '../support/target.ts'

test.each(environments)(
  'sums, means and bounds are those of Python, in both formats (%s packages)',
  async environment => {
    const { port } = await startTarget()
    const rounds = Math.ceil(randomCases(2000) / 100)
    const seed = String(Math.floor(Math.random() * 2 ** 31))
    const checked = await runPython('python/stats.py', [seed, String(rounds)], { port, environment })
    expect(Number(checked)).toBe(100 * rounds)
  },
)
