import { execFileSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { bucket, database, parts } from '../../../../testing/cluster/shared.ts'

test('a test gets an empty database and an empty bucket', async () => {
  const tables = "SELECT count(*) FROM pg_tables WHERE schemaname = 'public'"
  expect(execFileSync('psql', [database(), '-At', '-c', tables]).toString()).toBe('0\n')
  const { name, folder } = bucket()
  const get = (key: string) => fetch(`${parts.endpoint}/${name}/${key}`)
  expect((await get('a')).status).not.toBe(200)
  writeFileSync(join(folder, 'a'), 'a')
  expect((await get('a')).status).toBe(200)
})
