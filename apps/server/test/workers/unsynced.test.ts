import { expect, test, vi } from 'vitest'
import { listUnsynced } from '../../../../libs/storage/src/catalogue/database.ts'
import { eventually, serve, upload } from '../support/server.ts'

const { most } = vi.hoisted(() => ({ most: 8 }))
// Thousands in truth, which take a busy machine a minute.
vi.mock('@table/storage', async original => ({ ...(await original<object>()), MAX_UNSYNCED: most }))

test('small uploads are synced when half as many as may be are not, though more come all the time', async () => {
  const { client, dataDir } = await serve()
  for (let i = 1; i < most / 2; i++) {
    expect(await upload(client, 'x\n1\n')).toBe('')
    expect(listUnsynced(dataDir)).toHaveLength(i)
  }
  expect(await upload(client, 'x\n1\n')).toBe('')
  await eventually(() => expect(listUnsynced(dataDir)).toEqual([]))
})
