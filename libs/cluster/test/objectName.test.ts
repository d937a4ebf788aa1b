import { expect, test } from 'vitest'
import { newObjectName } from '../src/objectName.ts'

test('names of objects are UUIDs of version 7, all of them different', () => {
  const names = Array.from({ length: 1000 }, newObjectName)
  expect(new Set(names).size).toBe(1000)
  for (const name of names)
    expect(name).toMatch(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/)
  const ms = Number.parseInt((names[0] as string).replaceAll('-', '').slice(0, 12), 16)
  expect(Math.abs(ms - Date.now())).toBeLessThan(60_000)
})
