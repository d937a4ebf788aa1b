import { expect, test } from 'vitest'
import { namesLike, slips } from '../src/similarNames.ts'

test.each([
  ['temperatur', ['temperature']],
  ['tmeperature', ['temperature']],
  ['temprature', ['temperature']],
  ['TEMPERATURE', ['temperature']],
  ['romo', ['room']],
  ['x', []],
  ['y', ['Y']],
  ['pressure', []],
  ['', []],
])('%j is close to %j', (name, close) => {
  expect(namesLike(name, ['temperature', 'room', 'Y', 'z', 'a column of many words'])).toEqual(close)
})

test('of many close names there are the three closest', () => {
  const names = ['amount_in_eur', 'amounts_eur', 'amount_eu', 'amount_euro', 'amount_eur']
  expect(namesLike('amount_eurs', names)).toEqual(['amount_euro', 'amount_eur', 'amounts_eur'])
})

test.each([
  ['abcd', 'abcd', 0],
  ['abcd', 'abdc', 1],
  ['abcd', 'abd', 1],
  ['abcd', 'abxd', 1],
  ['abcd', 'xbcdy', 2],
  ['abcd', 'wxyz', Infinity],
])('%j becomes %j by %d slips', (a, b, count) => {
  expect([slips(a, b, 2), slips(b, a, 2)]).toEqual([count, count])
})
