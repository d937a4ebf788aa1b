// Sends malformed HTTP/2, gRPC and protobuf. TABLE_TESTS or TABLE_FUZZ_SECONDS makes the test longer;
// TABLE_FUZZ_SEED starts it elsewhere.
import { expect, test } from 'vitest'
import { repeat } from '../../../../testing/form.ts'
import { converse } from '../support/fuzz.ts'
import { spawnServer } from '../support/process.ts'
import { columnSum, connectClient, eventually, incoming, upload } from '../support/server.ts'

const seconds = repeat('TABLE_FUZZ_SECONDS')
const start = Number(process.env.TABLE_FUZZ_SEED ?? 1)
const LANES = 20

test('whatever a client sends, the server goes on and says nothing on stderr', async () => {
  const { child, ready, exited, dataDir } = spawnServer()
  const { port } = await ready
  const end = Date.now() + 1000 * seconds
  let seed = start
  const lanes = Array.from({ length: LANES }, async () => {
    while (Date.now() < end && child.exitCode === null) await converse(port, seed++)
  })
  await Promise.all(lanes)
  console.log(`${seed - start} conversations, seeds ${start} to ${seed - 1}`)
  const client = connectClient(port)
  expect(await upload(client, 'healthy\n1\n')).toBe('')
  expect(await columnSum(client, 'healthy')).toBe(1n)
  await eventually(() => expect(incoming(dataDir)).toEqual([]))
  child.kill()
  expect(await exited).toMatchObject({ code: 0, stderr: '' })
})
