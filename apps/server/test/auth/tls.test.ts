import { appendFileSync, readFileSync, writeFileSync } from 'node:fs'
import { connect } from 'node:http2'
import { type ConnectionOptions, connect as connectTls } from 'node:tls'
import { credentials, status } from '@grpc/grpc-js'
import { ColSumReq } from '@table/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { createAuthority } from '../support/certificates.ts'
import { spawnServer } from '../support/process.ts'
import { authorityFiles, type Pem, pemFiles, tokenFile } from '../support/secrets.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  frame,
  incoming,
  rawCall,
  rawUpload,
  temporaryDirectory,
  upload,
  uploadMessage,
} from '../support/server.ts'

const own = ({ certFile, keyFile }: Pem) => ({ TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile })

/** Returns the credentials of a client that trusts `authority` and may show a certificate. */
function channel({ cert: authority }: { cert: string }, client?: { cert: string; key: string }) {
  const [cert, key] = client ? [Buffer.from(client.cert), Buffer.from(client.key)] : [null, null]
  return credentials.createSsl(Buffer.from(authority), key, cert)
}

describe('over TLS', () => {
  test('uploads and sums give the same results with TLS, also when larger than a window', async () => {
    const authority = authorityFiles()
    const { ready } = spawnServer({ env: own(pemFiles(authority.issue())) })
    const client = connectClient((await ready).port, { channel: channel(authority) })
    expect(await upload(client, `x,t\n${`1,${'t'.repeat(100)}\n`.repeat(50_000)}`)).toBe('')
    for (const format of ['csv', 'parquet']) expect(await columnSum(client, 'x', format)).toBe(50_000n)
  })

  test('a client that speaks plain text or trusts another authority gets nowhere', async () => {
    const authority = authorityFiles()
    const { ready } = spawnServer({ env: own(pemFiles(authority.issue())) })
    const { port } = await ready
    for (const client of [connectClient(port), connectClient(port, { channel: channel(createAuthority()) })])
      expect(await failureOf(columnSum(client, 'x'))).toMatchObject({ code: status.UNAVAILABLE })
    expect(await columnSum(connectClient(port, { channel: channel(authority) }), 'x')).toBe(0n)
  })

  test('a stopping server lets an upload finish, and is gone at once when nothing runs', async () => {
    const authority = authorityFiles()
    const { ready, child, exited, dataDir } = spawnServer({ env: own(pemFiles(authority.issue())) })
    const { port } = await ready
    const idle = connectClient(port, { channel: channel(authority) })
    expect(await columnSum(idle, 'x')).toBe(0n)
    const session = connect(`https://localhost:${port}`, { ca: authority.cert })
    onTestFinished(() => session.destroy())
    const message = frame(uploadMessage(`x,t\n1,${'t'.repeat(600_000)}\n`))
    const call = rawUpload(session)
    await call.write(message.subarray(0, 500_000))
    await eventually(() => expect(incoming(dataDir)).not.toEqual([]))
    child.kill('SIGTERM')
    await call.write(message.subarray(500_000))
    call.end()
    expect((await call.answer).code).toBe(status.OK)
    expect((await exited).code).toBe(0)
  })
})

describe('speaks', () => {
  const speak = (port: number, options: ConnectionOptions) =>
    new Promise<string | null>((resolve, reject) => {
      const socket = connectTls({ port, host: 'localhost', ALPNProtocols: ['h2'], ...options })
      onTestFinished(() => void socket.destroy())
      socket.once('secureConnect', () => resolve(socket.getProtocol())).once('error', reject)
    })
  const only12 = (ciphers: string) => ({ maxVersion: 'TLSv1.2', ciphers }) as const

  test('TLS 1.3, and 1.2 with ECDHE and AEAD, and nothing else', async () => {
    const authority = authorityFiles()
    for (const rsa of [false, true]) {
      const { ready } = spawnServer({ env: own(pemFiles(authority.issue('localhost', { rsa }))) })
      const { port } = await ready
      const ca = authority.cert
      const kind = rsa ? 'RSA' : 'ECDSA'
      expect(await speak(port, { ca })).toBe('TLSv1.3')
      for (const cipher of ['AES128-GCM-SHA256', 'AES256-GCM-SHA384', 'CHACHA20-POLY1305'])
        expect(await speak(port, { ca, ...only12(`ECDHE-${kind}-${cipher}`) })).toBe('TLSv1.2')
      const refused = [
        { ca, ...only12(`ECDHE-${kind}-AES128-SHA`) },
        { ca, ...only12(`ECDHE-${kind}-AES128-SHA256`) },
        { ca, maxVersion: 'TLSv1.1', minVersion: 'TLSv1', ciphers: 'ALL:@SECLEVEL=0' } as const,
        ...(rsa
          ? [
              { ca, ...only12('AES128-GCM-SHA256') },
              { ca, ...only12('AES128-SHA') },
            ]
          : []),
      ]
      for (const options of refused) await expect(speak(port, options)).rejects.toThrow()
    }
  })
})

describe('with mutual TLS', () => {
  test('a certificate that is not for clients is refused: a server certificate, a certificate without a use, the authority', async () => {
    const authority = authorityFiles()
    const server = authority.issue()
    const env = { ...own(pemFiles(server)), TABLE_TLS_CLIENT_CA: authority.certFile }
    const { port } = await spawnServer({ env }).ready
    const sumAs = (identity: { cert: string; key: string }) =>
      columnSum(connectClient(port, { channel: channel(authority, identity) }), 'x')
    for (const uses of [['client'], ['server', 'client']] as const)
      expect(await sumAs(authority.issueClient('alice', uses))).toBe(0n)
    // A client learns the reason, unless it notices first that the connection is gone.
    for (const stranger of [server, authority.issueClient('alice', []), authority])
      expect([status.PERMISSION_DENIED, status.UNAVAILABLE]).toContain(
        (await failureOf(sumAs(stranger))).code,
      )
  })

  test.each(['TLSv1.2', 'TLSv1.3'] as const)(
    'a session of %s that is resumed is a client as before',
    async version => {
      const authority = authorityFiles()
      const env = { ...own(pemFiles(authority.issue())), TABLE_TLS_CLIENT_CA: authority.certFile }
      const { port } = await spawnServer({ env }).ready
      let session: Buffer | undefined
      for (const resumed of [false, true]) {
        const socket = connectTls({
          ...{ port, host: 'localhost', ALPNProtocols: ['h2'] },
          ...{ ca: authority.cert, ...authority.issueClient('alice') },
          ...{ maxVersion: version, minVersion: version, ...(session && { session }) },
        })
        socket.on('session', ticket => {
          session = ticket
        })
        const connection = connect(`https://localhost:${port}`, { createConnection: () => socket })
        onTestFinished(() => connection.destroy())
        const call = rawCall(connection, '/Table/ColSum')
        await call.write(frame(ColSumReq.encode({ column: 'x', format: 'csv' }).finish()))
        call.end()
        expect((await call.answer).code).toBe(status.OK)
        expect(socket.isSessionReused()).toBe(resumed)
        await eventually(() => expect(session).toBeDefined())
      }
    },
  )

  test('only a client with a certificate of the right authority gets in', async () => {
    const [servers, clients] = [authorityFiles(), authorityFiles()]
    const env = { ...own(pemFiles(servers.issue())), TABLE_TLS_CLIENT_CA: clients.certFile }
    const { port } = await spawnServer({ env }).ready
    const sumAs = (identity?: { cert: string; key: string }) =>
      columnSum(connectClient(port, { channel: channel(servers, identity) }), 'x')
    expect(await sumAs(clients.issueClient('alice'))).toBe(0n)
    for (const stranger of [undefined, servers.issueClient('alice'), createAuthority().issueClient('alice')])
      expect(await failureOf(sumAs(stranger))).toMatchObject({ code: status.UNAVAILABLE })
  })

  test('a client certificate does not replace the token', async () => {
    const authority = authorityFiles()
    const env = {
      ...own(pemFiles(authority.issue())),
      TABLE_TLS_CLIENT_CA: authority.certFile,
      TABLE_TOKEN_FILE: tokenFile(),
    }
    const { port } = await spawnServer({ env }).ready
    const identity = channel(authority, authority.issueClient('alice'))
    expect(await failureOf(columnSum(connectClient(port, { channel: identity }), 'x'))).toMatchObject({
      code: status.UNAUTHENTICATED,
    })
    expect(await columnSum(connectClient(port, { channel: identity, token: 'reader' }), 'x')).toBe(0n)
  })
})

describe('is refused at the start, with one line:', () => {
  const authority = authorityFiles
  async function refusal(args: string[]) {
    const dataDir = temporaryDirectory()
    const { code, stdout, stderr } = await spawnServer({
      args: ['--port', '0', '--data-dir', dataDir, ...args],
    }).exited
    expect(stdout).toBe('')
    expect(stderr).toMatch(/^error: [^\n]+\n$/)
    return { code, stderr }
  }

  test.each([
    [['--tls-cert', 'a'], '--tls-cert and --tls-key go together: found only --tls-cert'],
    [['--tls-key', 'a'], '--tls-cert and --tls-key go together: found only --tls-key'],
    [['--tls-client-ca', 'a'], '--tls-client-ca needs --tls-cert and --tls-key'],
  ])('%j', async (args, words) => {
    expect(await refusal(args)).toEqual({ code: 2, stderr: expect.stringContaining(words) })
  })

  test('a file that cannot be read, whichever it is', async () => {
    const { certFile, keyFile } = pemFiles(authority().issue())
    const missing = `${certFile}.no`
    for (const [flag, ...args] of [
      ['--tls-cert', '--tls-cert', missing, '--tls-key', keyFile],
      ['--tls-key', '--tls-cert', certFile, '--tls-key', missing],
      ['--tls-client-ca', '--tls-cert', certFile, '--tls-key', keyFile, '--tls-client-ca', missing],
      ['--token-file', '--token-file', missing],
      ['--token-file', '--token-file', ''],
    ]) {
      const words = `error: cannot read ${flag} ${args.at(-1) === '' ? '' : missing} (ENOENT): give a file`
      expect(await refusal(args)).toEqual({ code: 1, stderr: expect.stringContaining(words) })
    }
  })

  test('a file that holds something else', async () => {
    const { certFile, keyFile } = pemFiles(authority().issue())
    const other = pemFiles(authority().issue())
    const broken = pemFiles({
      cert: '-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n',
      key: '',
    })
    writeFileSync(broken.keyFile, 'x,y\n1,2\n')
    for (const [words, ...args] of [
      ['does not hold certificates', '--tls-cert', keyFile, '--tls-key', keyFile],
      ['does not hold certificates', '--tls-cert', broken.certFile, '--tls-key', keyFile],
      ['does not hold a private key', '--tls-cert', certFile, '--tls-key', certFile],
      ['does not belong to the certificate', '--tls-cert', certFile, '--tls-key', other.keyFile],
      [
        'does not hold certificates',
        '--tls-cert',
        certFile,
        '--tls-key',
        keyFile,
        '--tls-client-ca',
        keyFile,
      ],
      ['line 1: found 1 fields, expected HASH NAME SCOPE', '--token-file', broken.keyFile],
    ] as [string, ...string[]][])
      expect(await refusal(args)).toEqual({ code: 1, stderr: expect.stringContaining(words) })
  })

  test('one bad authority among good ones', async () => {
    const good = authorityFiles()
    const { certFile, keyFile } = pemFiles(good.issue())
    appendFileSync(good.certFile, readFileSync(good.certFile, 'latin1').replace(/M../, 'AAA'))
    const args = ['--tls-cert', certFile, '--tls-key', keyFile, '--tls-client-ca', good.certFile]
    expect((await refusal(args)).stderr).toContain('does not hold certificates')
  })
})
