import { expect, test } from 'vitest'
import { applied, changesOf } from '../../mutate/operators.ts'

/** Returns the changed sources. */
const mutantsOf = (source: string) => changesOf(source).map(change => applied(source, change))

test.each([
  ['const a = b < c', ['const a = b <= c', 'const a = b >= c']],
  ['const a = b ?? c', ['const a = b', 'const a = c']],
  ['const a = b?.c', ['const a = b.c']],
  ['const a = b?.()', ['const a = b()']],
  ['const a = b?.[0]', ['const a = b[0]', 'const a = b?.[1]']],
  ['let a = 1', ['let a = 2']],
  ["const a = ['x']", ['const a = []', "const a = ['']"]],
  ['if (a) b(), c()', ['if (true) b(), c()', 'if (false) b(), c()']],
  ['while (a) b()', ['while (false) b()', 'while (a) ;']],
  ['a()\nb()', [';\nb()', 'a()\n;']],
  ['const a = () => b', ['const a = () => undefined']],
  [
    'const a = (b: number): boolean => !b as boolean',
    ['const a = (b: number): boolean => undefined', 'const a = (b: number): boolean =>  b as boolean'],
  ],
  ['const a = /^b$/', ['const a = /b$/', 'const a = /^b/']],
  ['const a = Math.min(b)', ['const a = Math.max(b)']],
])('%s', (source, mutants) => {
  expect(mutantsOf(source)).toEqual(mutants)
})

test.each([
  ["import a from 'b'"],
  ['type A = 1 | 2'],
  ["throw new Error('not so')"],
  ["console.error('so')"],
  ['const a = `more words`'],
  ['const BUFFER_BYTES = 64 * 1024'],
  ['new Uint8Array(2)'],
  ['new Uint8Array(64 * 1024)'],
  ['const a = b'],
])('nothing of %s', source => {
  expect(mutantsOf(source).filter(mutant => mutant !== ';')).toEqual([])
})
