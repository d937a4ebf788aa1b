import { writeFileSync } from 'node:fs'
import { connect, type TLSSocket } from 'node:tls'
import { expect, test } from 'vitest'
import { linesOf, spawnServer } from '../support/process.ts'
import { authorityFiles, pemFiles, tokenFile, tokenLine } from '../support/secrets.ts'
import { eventually } from '../support/server.ts'

/** Opens a connection over TLS that speaks HTTP/1.1. */
function connected(port: number, ca: string): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const options = { port, host: 'localhost', ca, ALPNProtocols: ['http/1.1'] }
    const socket: TLSSocket = connect(options, () => resolve(socket)).on('error', reject)
  })
}

function answerTo(socket: TLSSocket, request: string): Promise<string> {
  socket.write(request)
  return new Promise(resolve => {
    let text = ''
    socket.on('data', data => {
      text += data
    })
    socket.on('close', () => resolve(text))
  })
}

const request = (token: string) =>
  `GET /columns/x/sum HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${token}\r\nConnection: close\r\n\r\n`

test('SIGHUP reads certificates and tokens again, calls under way go on, and a bad file keeps what was there', async () => {
  const [old, next] = [authorityFiles(), authorityFiles()]
  const { certFile, keyFile } = pemFiles(old.issue())
  const tokens = tokenFile()
  const { ready, child, exited } = spawnServer({
    env: {
      TABLE_TLS_CERT: certFile,
      TABLE_TLS_KEY: keyFile,
      TABLE_TOKEN_FILE: tokens,
      TABLE_LOG_LEVEL: 'info',
    },
  })
  const { port } = await ready
  let said = ''
  child.stderr?.on('data', text => {
    said += text
  })
  const reload = async (words: RegExp) => {
    said = ''
    child.kill('SIGHUP')
    await eventually(() => expect(said).toMatch(words))
  }
  const upload = await connected(port, old.cert)
  const head =
    'Host: localhost\r\nAuthorization: Bearer writer\r\nConnection: close\r\nContent-Length: 4\r\n\r\n'
  const answer = answerTo(upload, `POST /uploads HTTP/1.1\r\n${head}x\n`)

  writeFileSync(certFile, 'nonsense')
  await reload(
    /"warn".*does not hold certificates in PEM.*the certificates that were read before stay in force/,
  )
  expect(await answerTo(await connected(port, old.cert), request('reader'))).toContain('"total":"0"')

  const issued = next.issue()
  writeFileSync(certFile, issued.cert)
  writeFileSync(tokens, tokenLine('new', 'read'))
  await reload(/does not belong to the certificate/)
  await expect(connected(port, next.cert)).rejects.toThrow()
  writeFileSync(keyFile, issued.key)
  await reload(/certificates read again/)
  await expect(connected(port, old.cert)).rejects.toThrow()
  upload.write('1\n')
  expect(await answer).toContain('HTTP/1.1 201')
  expect(await answerTo(await connected(port, next.cert), request('new'))).toContain('"total":"1"')
  expect(await answerTo(await connected(port, next.cert), request('reader'))).toContain('HTTP/1.1 401')

  child.kill()
  const { code, stderr } = await exited
  expect(code).toBe(0)
  expect(linesOf(stderr)[0]).toMatchObject({ access: 'TLS, everybody with a token' })
})
