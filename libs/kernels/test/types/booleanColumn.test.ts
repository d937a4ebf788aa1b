import fc from 'fast-check'
import { test } from 'vitest'
import { expectReadsAs, fieldsOf } from '../support/columns.ts'
import { kernels } from '../support/memory.ts'
import { boolean } from '../twins/values.ts'

const words = fc.constantFrom('true', 'True', 'TRUE', 'false', 'False', 'FALSE')
const anyCase = fc
  .tuple(words, fc.nat({ max: 31 }))
  .map(([word, upper]) =>
    Array.from(word.toLowerCase(), (letter, i) => (upper & (1 << i) ? letter.toUpperCase() : letter)).join(
      '',
    ),
  )
const others = fc.constantFrom(
  '',
  't',
  'tru',
  'fals',
  'truee',
  'falsee',
  'truefalse',
  '0',
  '1',
  'yes',
  'trux',
  'falsx',
  'xrue',
  'fblse',
  'TRUe',
  'FALSe',
  'T\x12UE',
)

test('booleanColumn reads true and false in three cases', () => {
  const texts = fc.oneof({ arbitrary: words, weight: 20 }, anyCase, others)
  expectReadsAs(kernels.booleanColumn, Uint8Array, boolean, fieldsOf(texts))
})
