// Nothing that a client sends becomes part of a file name: an upload's name is its number.
import { readdirSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { expect, test } from 'vitest'
import type { RecordLine } from './hooks/record.ts'
import { spawnServer } from './support/process.ts'
import { replaceFile, tokenFile, tokenLine } from './support/secrets.ts'
import {
  columnSum,
  connectClient,
  failureOf,
  frame,
  largeCsv,
  rawSession,
  rawUpload,
  temporaryDirectory,
  upload,
  uploadMessage,
} from './support/server.ts'

const names =
  /^(|incoming|files|query|lock|lost|backup|generation(\.new)?|catalogue\.db(-wal|-shm)?|(incoming|files)\/\d{8}\.(csv|parquet))$/

const hostile = [
  '../../evil',
  '/etc/evil',
  '..',
  '00000001.csv',
  'files/evil',
  'evil\\x',
  '%2e%2e%2fevil',
  'evil;rm',
]

test('whatever the names of columns, formats, tokens and ids, the server opens only its own files', async () => {
  const record = join(temporaryDirectory(), 'record')
  const tokens = tokenFile()
  replaceFile(
    tokens,
    tokenLine('secret', 'read,write', '../../evil') + tokenLine('../../evil', 'write', '..'),
  )
  const env = { RECORD: record, TABLE_TOKEN_FILE: tokens }
  const { ready, child, exited, dataDir } = spawnServer({ hook: 'record.ts', env, workers: 2 })
  const { port } = await ready
  const client = connectClient(port, { token: 'secret' })
  const session = rawSession(port)
  for (const name of hostile) {
    expect(await upload(client, `${name},x\n1,${name}\n`)).toBe('')
    expect(await upload(client, `${name},${largeCsv(1)}`)).not.toBe('') // ragged, after its header
    for (const format of ['csv', 'parquet']) {
      expect(await columnSum(client, name, format)).toBeGreaterThan(0n)
      await failureOf(columnSum(client, 'x', format)) // the message quotes the text
    }
    await failureOf(columnSum(client, name, name))
    const named = rawUpload(session, { authorization: 'Bearer secret', 'upload-id': name })
    await named.write(frame(uploadMessage('y\n1\n')))
    named.end()
    await named.answer
    await failureOf(upload(connectClient(port, { token: `${name}-` }), `${name}\n1\n`))
  }
  expect(await upload(connectClient(port, { token: '../../evil' }), 'y\n1\n')).toBe('')
  child.kill()
  await exited

  const paths = readFileSync(record, 'utf8')
    .trim()
    .split('\n')
    .map(line => JSON.parse(line) as RecordLine)
    .flatMap(line => (line.what === 'operation' ? [relative(dataDir, line.path)] : []))
  expect(paths.filter(path => !names.test(path))).toEqual([])
  expect(paths.filter(path => path.startsWith('files/')).length).toBeGreaterThan(2 * hostile.length)
  const found = readdirSync(dataDir, { recursive: true, encoding: 'utf8' })
  expect(found.filter(path => !names.test(path))).toEqual([])
})
