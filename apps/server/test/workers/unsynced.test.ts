import { expect, test, vi } from 'vitest'
import { listUnsynced } from '../../../../libs/storage/src/catalogue/database.ts'
import { eventually, serve, upload } from '../support/server.ts'

const { most } = vi.hoisted(() => ({ most: 8 }))
// The real number is in the thousands, which would take a busy machine a minute.
vi.mock('@table/storage', async original => ({ ...(await original<object>()), MAX_UNSYNCED: most }))

test('small uploads are synced once half of the limit is unsynced, even if more keep coming', async () => {
  const { client, dataDir } = await serve()
  for (let i = 1; i < most / 2; i++) {
    expect(await upload(client, 'x\n1\n')).toBe('')
    expect(listUnsynced(dataDir)).toHaveLength(i)
  }
  expect(await upload(client, 'x\n1\n')).toBe('')
  await eventually(() => expect(listUnsynced(dataDir)).toEqual([]))
})
