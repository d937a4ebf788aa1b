import { DatabaseSync } from 'node:sqlite'
import { Metadata, status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import {
  failureOf,
  incoming,
  largeCsv,
  rawSession,
  rawUpload,
  serve,
  stored,
  upload,
} from '../support/server.ts'

function named(key: 'upload-name' | 'upload-name-bin', ...names: string[]): Metadata {
  const metadata = new Metadata()
  for (const name of names) metadata.add(key, key === 'upload-name' ? name : Buffer.from(name))
  return metadata
}

function namesOf(dataDir: string): unknown[] {
  using database = new DatabaseSync(`${dataDir}/catalogue.db`, { readOnly: true })
  return database
    .prepare('SELECT name FROM uploads ORDER BY id')
    .all()
    .map(({ name }) => name)
}

/** More than what is converted while it arrives. */
const veryLargeCsv = `x,t\n${`1,${'a'.repeat(995)}\n`.repeat(2000)}`

test('an upload keeps the name that comes with it, as ASCII or as UTF-8, however large it is', async () => {
  const { client, dataDir } = await serve()
  const names = ['data 100%.csv', 'größe, "1".csv', '名前.csv', 'x'.repeat(1024)]
  const csvs = ['x\n1\n', largeCsv(1), veryLargeCsv, 'x\n1\n']
  for (const [i, name] of names.entries()) {
    const key = /^[ -~]*$/.test(name) ? 'upload-name' : 'upload-name-bin'
    expect(await upload(client, csvs[i] ?? '', {}, named(key, name))).toBe('')
  }
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(namesOf(dataDir)).toEqual([...names, null])
})

test.each([
  ['is empty', named('upload-name', ''), 'upload-name: found 0 bytes, expected 1 to 1024'],
  [
    'is too long',
    named('upload-name-bin', 'é'.repeat(513)),
    'upload-name: found 1026 bytes, expected 1 to 1024',
  ],
  [
    'has a line end',
    named('upload-name-bin', 'a\nb'),
    'upload-name: found a control character, expected a name in one line',
  ],
  [
    'comes twice',
    named('upload-name', 'a', 'b'),
    'upload-name: found 2 names (upload-name and upload-name-bin together), expected one',
  ],
])('a name that %s is refused, and nothing is stored', async (_, metadata, details) => {
  const { client, dataDir } = await serve()
  const failure = await failureOf(upload(client, veryLargeCsv, {}, metadata))
  expect(failure).toMatchObject({ code: status.INVALID_ARGUMENT, details })
  expect([...incoming(dataDir), ...stored(dataDir)]).toEqual([])
})

test('a name that is not UTF-8 is refused', async () => {
  const { port } = await serve()
  const call = rawUpload(rawSession(port), { 'upload-name-bin': Buffer.from([0xff]).toString('base64') })
  call.end()
  expect(await call.answer).toMatchObject({
    code: status.INVALID_ARGUMENT,
    message: 'upload-name-bin: found bytes that are not UTF-8, expected UTF-8',
  })
})
