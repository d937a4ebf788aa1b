import { afterAll, expect, test, vi } from 'vitest'

const most = 8
// The real number is in the thousands, which would take a busy machine a minute. Modules that an earlier test file has loaded have it.
vi.resetModules()
vi.doMock('@table/storage', async original => ({ ...(await original<object>()), MAX_UNSYNCED: most }))
afterAll(() => {
  vi.doUnmock('@table/storage')
  vi.resetModules()
})
const { listUnsynced } = await import('../../../../libs/storage/src/catalogue/database.ts')
const { eventually, serve, upload } = await import('../support/server.ts')

test('small uploads are synced once half of the limit is unsynced, even if more keep coming', async () => {
  const { client, dataDir } = await serve()
  for (let i = 1; i < most / 2; i++) {
    expect(await upload(client, 'x\n1\n')).toBe('')
    expect(listUnsynced(dataDir)).toHaveLength(i)
  }
  expect(await upload(client, 'x\n1\n')).toBe('')
  await eventually(() => expect(listUnsynced(dataDir)).toEqual([]))
})
