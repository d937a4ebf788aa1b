import { expect, onTestFinished, test, vi } from 'vitest'
import { Resets } from '../../src/admission/resets.ts'

function fakeTime() {
  vi.useFakeTimers({ toFake: ['performance'] })
  onTestFinished(() => void vi.useRealTimers())
}

function countMany(resets: Resets, address: string, times: number): boolean {
  let tooMany = false
  for (let i = 0; i < times; i++) tooMany = resets.count(address)
  return tooMany
}

test('an address may break off 1000 calls at once, and then 100 a second', () => {
  fakeTime()
  const resets = new Resets()
  expect(countMany(resets, '10.0.0.1', 1000)).toBe(false)
  expect(resets.refuses('10.0.0.1')).toBe(false)
  expect(resets.count('10.0.0.1')).toBe(true)
  expect(resets.refuses('10.0.0.1')).toBe(true)
  vi.advanceTimersByTime(10)
  expect(resets.refuses('10.0.0.1')).toBe(false)
  vi.advanceTimersByTime(1000)
  expect(countMany(resets, '10.0.0.1', 100)).toBe(false)
  expect(resets.count('10.0.0.1')).toBe(true)
})

test('an address is let in again after 10 s, however many calls it broke off', () => {
  fakeTime()
  const resets = new Resets()
  countMany(resets, '10.0.0.1', 100_000)
  vi.advanceTimersByTime(9_000)
  expect(resets.refuses('10.0.0.1')).toBe(true)
  vi.advanceTimersByTime(1_000)
  expect(resets.refuses('10.0.0.1')).toBe(false)
})

test('an IPv6 network of 64 bits counts as one address', () => {
  fakeTime()
  const resets = new Resets()
  countMany(resets, '2001:db8::1', 1001)
  for (const same of ['2001:db8::2', '2001:db8:0:0:1:2:3:4', '2001:db8::1:2:3:4'])
    expect(resets.refuses(same)).toBe(true)
  for (const other of ['2001:db8:0:1::1', '2001:db8:1::1', '::1', '10.0.0.1', undefined])
    expect(resets.refuses(other)).toBe(false)
  countMany(resets, '::ffff:10.0.0.1', 1001)
  expect(resets.refuses('::ffff:10.0.0.2')).toBe(false)
})

test('10,000 addresses are remembered', () => {
  fakeTime()
  const resets = new Resets()
  countMany(resets, '10.0.0.1', 1001)
  for (let i = 0; i < 9_999; i++) resets.count(`a${i}`)
  expect(resets.refuses('10.0.0.1')).toBe(true)
  resets.count('one more')
  expect(resets.refuses('10.0.0.1')).toBe(false)
})

test('the address that has been quiet the longest is forgotten first', () => {
  fakeTime()
  const resets = new Resets()
  countMany(resets, '10.0.0.1', 1001)
  countMany(resets, '10.0.0.2', 1001)
  for (let i = 0; i < 9_998; i++) resets.count(`a${i}`)
  resets.count('10.0.0.1')
  resets.count('one more')
  expect(['10.0.0.1', '10.0.0.2'].map(address => resets.refuses(address))).toEqual([true, false])
})
