import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { status } from '@grpc/grpc-js'
import { describe, expect, onTestFinished, test } from 'vitest'
import { openAccess } from '../../src/auth/access.ts'
import { TokenFile } from '../../src/auth/tokenFile.ts'
import { linesOf, type ServerProcess, spawnServer } from '../support/process.ts'
import { replaceFile, tokenFile, tokenLine } from '../support/secrets.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  frame,
  incoming,
  rawCall,
  rawSession,
  rawUpload,
  serve,
  temporaryDirectory,
  upload,
  uploadMessage,
} from '../support/server.ts'

const message = frame(uploadMessage('x\n1\n'))
const authorization = (value: string) => ({ authorization: value })

async function serveWithTokens() {
  return serve({ access: { ...openAccess, tokens: new TokenFile(tokenFile()) } })
}

describe('a call without a known token is UNAUTHENTICATED', () => {
  test('none at all', async () => {
    const { client } = await serveWithTokens()
    const wanted = { code: status.UNAUTHENTICATED, details: expect.stringContaining('Bearer TOKEN') }
    expect(await failureOf(upload(client, 'x\n1\n'))).toMatchObject(wanted)
    expect(await failureOf(columnSum(client, 'x'))).toMatchObject(wanted)
  })

  test('a wrong one', async () => {
    const { port } = await serveWithTokens()
    const wanted = { code: status.UNAUTHENTICATED, details: expect.stringContaining('does not know') }
    const stranger = connectClient(port, { token: 'stranger' })
    expect(await failureOf(upload(stranger, 'x\n1\n'))).toMatchObject(wanted)
    expect(await failureOf(columnSum(stranger, 'x'))).toMatchObject(wanted)
  })

  test.each(['both', 'Basic both', 'Bearer', 'Bearer both both', 'Bearer both, Bearer both'])(
    '"%s" is no token',
    async value => {
      const { port } = await serveWithTokens()
      const call = rawUpload(rawSession(port), authorization(value))
      expect((await call.answer).code).toBe(status.UNAUTHENTICATED)
    },
  )
})

test.each([
  ['a wrong one first', ['stranger', 'both']],
  ['a wrong one second', ['both', 'stranger']],
  ['the same one twice', ['both', 'both']],
])('two `authorization` headers are UNAUTHENTICATED: %s', async (_what, secrets) => {
  const { port } = await serveWithTokens()
  const tokens = secrets.map(secret => `Bearer ${secret}`)
  const call = rawCall(rawSession(port), '/Table/ColSum', { authorization: tokens })
  await call.write(frame(new Uint8Array()))
  call.end()
  expect(await call.answer).toMatchObject({
    code: status.UNAUTHENTICATED,
    message: 'found 2 headers `authorization`, expected one: send one token',
  })
})

test.each([
  ['reader', 'read', false, true],
  ['writer', 'write', true, false],
  ['both', 'read,write', true, true],
])('the token "%s" may %s', async (token, scope, mayUpload, mayRead) => {
  const { port } = await serveWithTokens()
  const client = connectClient(port, { token })
  const denied = (needed: string) => ({
    code: status.PERMISSION_DENIED,
    details: `the token of ${token} has the scope ${scope}, this call needs ${needed}`,
  })
  if (mayUpload) expect(await upload(client, 'x\n1\n')).toBe('')
  else expect(await failureOf(upload(client, 'x\n1\n'))).toMatchObject(denied('write'))
  if (mayRead) expect(await columnSum(client, 'x')).toBe(mayUpload ? 1n : 0n)
  else expect(await failureOf(columnSum(client, 'x'))).toMatchObject(denied('read'))
})

describe('an upload is refused', () => {
  test.each([
    ['without a token', {}, status.UNAUTHENTICATED],
    ['with a wrong one', authorization('Bearer stranger'), status.UNAUTHENTICATED],
    ['with one that may only read', authorization('Bearer reader'), status.PERMISSION_DENIED],
  ])(
    '%s, before a byte of its body is sent and before the server does anything',
    async (_what, headers, code) => {
      const record = join(temporaryDirectory(), 'record')
      const server = spawnServer({
        hook: 'record.ts',
        env: { RECORD: record, TABLE_TOKEN_FILE: tokenFile() },
      })
      const { port } = await server.ready
      const allowed = connectClient(port, { token: 'both' })
      expect(await columnSum(allowed, 'x')).toBe(0n)

      const before = readFileSync(record, 'utf8')
      const session = rawSession(port)
      expect((await rawUpload(session, headers).answer).code).toBe(code)
      await new Promise(resolve => session.ping(resolve))
      expect(readFileSync(record, 'utf8')).toBe(before)
      // The server has not made room for a body either: HTTP/2's own window is 64 KiB.
      expect(session.remoteSettings.initialWindowSize).toBe(65_535)

      const welcome = rawUpload(session, authorization('Bearer both'))
      await welcome.write(message)
      welcome.end()
      expect((await welcome.answer).code).toBe(status.OK)
      expect(session.remoteSettings.initialWindowSize).toBe(2 ** 20)
      expect(readFileSync(record, 'utf8')).not.toBe(before)
    },
  )

  test('a client that sends its body anyway learns why the call was refused', async () => {
    const { port, dataDir } = await serveWithTokens()
    const call = rawUpload(rawSession(port))
    void call.write(Buffer.alloc(20e6))
    call.end()
    expect(await call.answer).toMatchObject({ code: status.UNAUTHENTICATED })
    expect(incoming(dataDir)).toEqual([])
  })

  test('a refused upload does not disturb the other uploads of its connection', async () => {
    const { port } = await serveWithTokens()
    const session = rawSession(port)
    const welcome = rawUpload(session, authorization('Bearer writer'))
    await welcome.write(message.subarray(0, 7))
    const refused = rawUpload(session)
    void refused.write(Buffer.alloc(300_000))
    expect((await refused.answer).code).toBe(status.UNAUTHENTICATED)
    await welcome.write(message.subarray(7))
    welcome.end()
    expect((await welcome.answer).code).toBe(status.OK)
    expect(await columnSum(connectClient(port, { token: 'reader' }), 'x')).toBe(1n)
  })
})

describe('the token file is read again when it changes', () => {
  async function spawned() {
    const path = tokenFile()
    const server = spawnServer({ env: { TABLE_TOKEN_FILE: path, TABLE_LOG_LEVEL: 'info' } })
    const { port } = await server.ready
    const may = (token: string) =>
      columnSum(connectClient(port, { token }), 'x').then(
        () => true,
        () => false,
      )
    return { path, server, may }
  }

  /** Waits for a line on stderr from now on. */
  function said({ child }: ServerProcess, words: RegExp): Promise<void> {
    return new Promise(resolve => {
      let text = ''
      const listen = (data: Buffer) => {
        text += data
        if (words.test(text)) resolve(void child.stderr?.off('data', listen))
      }
      child.stderr?.on('data', listen)
      onTestFinished(() => void child.stderr?.off('data', listen))
    })
  }

  test.each([
    ['written over', writeFileSync],
    ['replaced', replaceFile],
  ])('%s', async (_how, change) => {
    const { path, server, may } = await spawned()
    expect([await may('reader'), await may('new')]).toEqual([true, false])
    const read = said(server, /"token file \S+ read again, tokens in force: 1"/)
    change(path, tokenLine('new', 'read'))
    await read
    expect([await may('reader'), await may('new')]).toEqual([false, true])
  })

  test('a broken file leaves the old tokens in force, is reported once, and recovers with the next change', async () => {
    const { path, server, may } = await spawned()
    const warned = (words: string) =>
      said(server, new RegExp(`"warn".*"token file .*${words}.* stay in force"`))
    let warning = warned('line 2')
    replaceFile(path, `${tokenLine('new', 'read')}nonsense\n`)
    await warning
    expect([await may('reader'), await may('new')]).toEqual([true, false])

    warning = warned('holds no token')
    replaceFile(path, '')
    await warning
    warning = warned('ENOENT')
    rmSync(path)
    await warning
    expect([await may('reader'), await may('new')]).toEqual([true, false])

    writeFileSync(path, tokenLine('new', 'read'))
    await eventually(async () => expect([await may('reader'), await may('new')]).toEqual([false, true]))
    server.child.kill()
    const lines = linesOf((await server.exited).stderr).filter(({ msg }) => msg.startsWith('token file'))
    expect(lines.map(({ level }) => level)).toEqual(['warn', 'warn', 'warn', 'info'])
  })
})
