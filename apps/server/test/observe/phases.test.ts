import { expect, test } from 'vitest'
import { now, type Phase } from '../../src/observe/callRecord.ts'
import { notingPhases, phase } from '../../src/observe/phases.ts'

test('the phases of a call are noted with their times, also those that fail', async () => {
  const phases: Phase[] = []
  const before = now()
  await notingPhases(phases, async () => {
    expect(await phase('find', async () => 7)).toBe(7)
    await expect(phase('scan', () => Promise.reject(new Error('so it is')))).rejects.toThrow('so it is')
  })
  expect(phases.map(({ name }) => name)).toEqual(['find', 'scan'])
  for (const { from, to } of phases) {
    expect(from).toBeGreaterThanOrEqual(before)
    expect(to).toBeGreaterThanOrEqual(from)
    expect(to).toBeLessThanOrEqual(now())
  }
})

test('calls at the same time have their own phases, and work of no call has none', async () => {
  const [one, other]: [Phase[], Phase[]] = [[], []]
  await Promise.all([
    notingPhases(one, () => phase('a', () => new Promise<void>(resolve => setImmediate(resolve)))),
    notingPhases(other, () => phase('b', async () => {})),
    phase('c', async () => {}),
  ])
  expect([one, other].map(phases => phases.map(({ name }) => name))).toEqual([['a'], ['b']])
})
