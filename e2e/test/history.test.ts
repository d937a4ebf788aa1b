import { join } from 'node:path'
import { expect, test } from 'vitest'
import { History } from '../../bench/history/history.ts'
import { repeat } from '../../testing/form.ts'
import { root } from '../support/repository.ts'
import { run } from '../support/run.ts'

test('a short history: kills, stops and halts under cancelled and repeated uploads, each sum is a set of whole uploads that only grows', async () => {
  const args = [join(root, 'bench/history/main.ts'), '--seconds', String(repeat('TABLE_HISTORY_SECONDS'))]
  const { stdout, stderr, code } = await run(process.execPath, args)
  expect(code, `${stdout}${stderr}`).toBe(0)
  expect(stdout.toString()).toMatch(
    /^[1-9]\d* uploads, [1-9]\d* sums, [1-9]\d* kills, \d+ stops, \d+ halts, 0 lost, 0 doubled, 0 partial, 0 backwards$/m,
  )
  expect(stderr).toMatch(/table-cli verify: \d+ uploads, .*, 0 files damaged$/m)
})

test('the history tells what is wrong with a sum', () => {
  const history = new History()
  const [first, second, third] = [history.begin(), history.begin(), history.begin()]
  const sum = (answer: bigint, asked = history.ask('h0')) => asked(answer).map(what => what.split(':')[0])
  const asked = history.ask('h0')
  history.acknowledge(first)
  // A sum may or may not have an upload that is acknowledged while the sum is under way, or that is under way
  // itself.
  expect(sum(0n, asked)).toEqual([])
  expect(sum(0n)).toEqual(['lost'])
  const overtaken = history.ask('h0')
  expect(sum(first.value + second.value)).toEqual([])
  expect(sum(first.value, overtaken)).toEqual([])
  expect(sum(first.value)).toEqual(['backwards'])
  const seen = first.value + second.value
  expect(sum(seen + first.value)).toEqual(['doubled'])
  expect(sum(seen + 3n * third.value)).toEqual(['partial'])
  expect(sum(seen - 2n * third.value)).toEqual(['doubled', 'partial'])
  expect(sum(seen + 4n * third.value)).toEqual(['partial'])
  expect(history.wrong).toMatchObject({ lost: 1, doubled: 2, partial: 3, backwards: 1 })
  expect([history.seen, history.acknowledged]).toEqual([2, 1])
})
