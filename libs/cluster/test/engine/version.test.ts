import { expect, test } from 'vitest'
import { engineOfVersion } from '../../src/engine/dialects/version.ts'

const commit = 'c0690c763bafabd08e7079d1137fa0a769a05bae'

test('an engine tells what it is by its version', () => {
  expect(engineOfVersion('0.7.2').name).toBe('Sail 0.7.2')
  expect(engineOfVersion('1.0.0').name).toBe('Sail 1.0.0')
  expect(engineOfVersion(`4.3.0 ${commit}`).name).toBe('Spark 4.3.0')
  expect(engineOfVersion(`4.0.0-preview1 ${commit}`).dialect.name).toBe('Spark')
})

test.for(['0.6.9', `3.5.7 ${commit}`, '', 'unknown'])('an engine of version "%s" is refused', version => {
  expect(() => engineOfVersion(version)).toThrow('expected Sail 0.7 or Spark 4.0 at least')
})
