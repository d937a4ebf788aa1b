import { expect, test } from 'vitest'
import { ParticularsList, tagOf } from '../../src/catalogue/particulars.ts'

test('the particulars of an upload come back as they were', () => {
  const list = new ParticularsList()
  const given = [1, 4095, 4096, 1_000_000].map(id => ({
    id,
    object: `0190a000-0000-7000-8000-${String(id).padStart(12, '0')}`,
    rows: 3 * id,
    csvTag: tagOf(`"csv ${id}"`),
    parquetTag: tagOf(`parquet ${id}`),
    storedAt: 1_790_000_000 + id,
    multiLine: id % 2 === 0,
    ownKernels: id === 4095,
  }))
  for (const { id, ...particulars } of given) list.set(id, particulars)
  for (const { id, ...particulars } of given) expect(list.get(id)).toEqual(particulars)
  expect(list.ownKernels(4095)).toBe(true)
  expect(list.ownKernels(4096)).toBe(false)
})

test('a tag is the same with and without quotes', () => {
  expect(tagOf('"abc"')).toBe(tagOf('abc'))
  expect(tagOf('"abc"')).not.toBe(tagOf('"abd"'))
})
