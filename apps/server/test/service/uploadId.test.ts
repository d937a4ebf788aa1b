import { Metadata, status } from '@grpc/grpc-js'
import { describe, expect, test } from 'vitest'
import { spawnServer } from '../support/process.ts'
import {
  columnSum,
  connectClient,
  failureOf,
  incoming,
  largeCsv,
  serve,
  stored,
  upload,
} from '../support/server.ts'

const uuid = '5f0a9c6d-0b3e-4c6e-8f57-3f5a2f1d9b42'

function withId(...ids: string[]): Metadata {
  const metadata = new Metadata()
  for (const id of ids) metadata.add('upload-id', id)
  return metadata
}

/** Large enough to be converted while it arrives. */
const veryLargeCsv = (x: number) => `x,t\n${`${x},${'a'.repeat(995)}\n`.repeat(2000)}`

describe.each([
  ['small', () => 'x\n5\n', 5n],
  ['large', () => largeCsv(5), 5n],
  ['very large', () => veryLargeCsv(5), 10_000n],
])('a %s upload with an upload-id', (_, csv, sum) => {
  test('counts once, however often it is sent at the same time and later', async () => {
    const { client, dataDir } = await serve({ workers: 2 })
    const send = () => upload(client, csv(), {}, withId(uuid))
    expect(await Promise.all(Array.from({ length: 8 }, send))).toEqual(new Array(8).fill(''))
    expect(await send()).toBe('')
    for (const format of ['csv', 'parquet']) expect(await columnSum(client, 'x', format)).toBe(sum)
    expect(incoming(dataDir)).toEqual([])
    expect(stored(dataDir)).toHaveLength(2)
  })

  test('counts once across a restart', async () => {
    const before = await serve({ workers: 2 })
    expect(await upload(before.client, csv(), {}, withId(uuid))).toBe('')
    await before.stop()
    const { client } = await serve({ workers: 2, dataDir: before.dataDir })
    expect(await upload(client, csv(), {}, withId(uuid.toUpperCase()))).toBe('')
    expect(await columnSum(client, 'x')).toBe(sum)
  })

  test('an upload with other bytes under a stored id is an error', async () => {
    const { client, dataDir } = await serve({ workers: 2 })
    expect(await upload(client, csv(), {}, withId(uuid))).toBe('')
    const other = csv().replace('5', '6')
    expect(await upload(client, other, {}, withId(uuid))).toMatch(
      new RegExp(`^upload-id ${uuid}: other bytes were uploaded under it \\(upload 1, received 2.*\\): give`),
    )
    expect(await upload(client, other)).toBe('')
    expect(stored(dataDir)).toHaveLength(4)
  })
})

test('uploads without an id count each time', async () => {
  const { client } = await serve({ workers: 2 })
  for (let i = 0; i < 3; i++) expect(await upload(client, 'x\n5\n')).toBe('')
  expect(await columnSum(client, 'x')).toBe(15n)
})

test('an upload that failed leaves its id to the next', async () => {
  const { client } = await serve({ workers: 2 })
  expect(await upload(client, 'x\n"5\n', {}, withId(uuid))).toContain('line 2')
  expect(await upload(client, 'x\n5\n', {}, withId(uuid))).toBe('')
  expect(await columnSum(client, 'x')).toBe(5n)
})

test.each([
  ['no UUID', ['12345']],
  ['empty', ['']],
  ['two of them', [uuid, uuid]],
  ['in braces', [`{${uuid}}`]],
  ['without hyphens', [uuid.replaceAll('-', '')]],
  ['not hexadecimal', [uuid.replace('5', 'g')]],
  ['longer at its end', [`${uuid}0`]],
  ['longer at its start', [`0${uuid}`]],
])('an upload-id that is %s is refused, and nothing is stored', async (_, ids) => {
  const { client, dataDir } = await serve({ workers: 2 })
  expect(await failureOf(upload(client, veryLargeCsv(1), {}, withId(...ids)))).toMatchObject({
    code: status.INVALID_ARGUMENT,
    details: `upload-id: found "${ids.join(', ')}", expected a UUID such as 0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42`,
  })
  expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([])
})

test('an upload that is repeated after its client gave up counts once', async () => {
  const { client } = await serve({ workers: 2 })
  const csv = veryLargeCsv(5)
  for (const deadline of [1, 5, 10, 20, 40])
    await upload(client, csv, { deadline: Date.now() + deadline }, withId(uuid)).catch(failure =>
      expect(failure.code).toBe(status.DEADLINE_EXCEEDED),
    )
  expect(await upload(client, csv, {}, withId(uuid))).toBe('')
  expect(await columnSum(client, 'x', 'parquet')).toBe(10_000n)
})

test('an upload that is repeated after its server was killed counts once', async () => {
  const first = spawnServer({ workers: 2 })
  const csv = largeCsv(5)
  const client = connectClient((await first.ready).port)
  expect(await upload(client, csv, {}, withId(uuid))).toBe('')
  const unsure = upload(client, largeCsv(7), {}, withId(uuid.replace('5', '6')))
  first.child.kill('SIGKILL')
  await unsure.catch(failure => expect(failure.code).toBe(status.UNAVAILABLE))
  await first.exited
  const again = spawnServer({ workers: 2, dataDir: first.dataDir })
  const { port } = await again.ready
  expect(await upload(connectClient(port), csv, {}, withId(uuid))).toBe('')
  expect(await upload(connectClient(port), largeCsv(7), {}, withId(uuid.replace('5', '6')))).toBe('')
  expect(await columnSum(connectClient(port), 'x')).toBe(12n)
})
