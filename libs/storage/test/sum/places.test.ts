import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { placesBySchema } from '../../src/sum/places.ts'

test('the place of a schema is where the schema stands in the list, whatever was asked before', () => {
  const schema = fc.integer({ min: 1, max: 12 })
  const property = fc.property(fc.uniqueArray(schema), fc.array(schema), (listed, asked) => {
    const schemas = Uint32Array.from(listed).sort()
    const none = new Uint32Array(schemas.length)
    const placeOf = placesBySchema({ schemas, positions: none, columns: none, otherTypes: new Map() })
    expect(asked.map(placeOf)).toEqual(asked.map(one => schemas.indexOf(one)))
  })
  fc.assert(property, { numRuns: randomCases(2000) })
})
