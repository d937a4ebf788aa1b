import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { describe } from '../../mutate/describe.ts'
import { equivalents } from '../../mutate/equivalent.ts'
import { changesOf } from '../../mutate/operators.ts'
import { root } from '../../mutate/tree.ts'

test.each([...Map.groupBy(equivalents, ({ file }) => file)])('%s still has its mutants', (file, known) => {
  const source = readFileSync(join(root, file), 'utf8')
  const mutants = changesOf(source).map(change => describe(source, change))
  for (const { before, after } of known)
    expect(mutants).toContainEqual(expect.objectContaining({ before, after }))
})
