// Python's grpcio, which most clients use, with a server that has TLS, mutual TLS and tokens; the CLI beside
// it; and the commands in docs/access.md.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { authorityFiles, pemFiles, tokenFile } from '../../apps/server/test/support/secrets.ts'
import { environments, type PythonSession, python, testSession } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { names } from '../support/server.ts'
import { tableCliOf } from '../support/tableCli.ts'
import { startTarget } from '../support/target.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

const csv = 'x,y\n1,2\n41,3\n'

function serverFiles() {
  const authority = authorityFiles()
  const { certFile, keyFile } = pemFiles(authority.issue())
  return { authority, env: { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile } }
}

describe.each(environments)('grpcio, %s packages', environment => {
  test('uploads and sums work over TLS, also large and compressed ones', async () => {
    const { authority, env } = serverFiles()
    const server = await startTarget(env)
    const session = testSession(server, environment, { TABLE_CA: authority.certFile })
    expect(await session.upload(testFile(csv))).toEqual({ error: '' })
    const large = testFile(`x,t\n${`1,${'t'.repeat(100)}\n`.repeat(300_000)}`)
    expect(await session.upload(large)).toEqual({ error: '' })
    expect(await session.upload(large, { gzip: true })).toEqual({ error: '' })
    for (const format of ['csv', 'parquet']) expect(await session.total('x', format)).toBe(600_042n)

    for (const env of [{}, { TABLE_CA: authorityFiles().certFile }])
      expect(await testSession(server, environment, env).sum('x', 'csv')).toMatchObject({
        status: 'UNAVAILABLE',
      })
  })

  test('shows its certificate if mutual TLS asks for one', async () => {
    const { authority, env } = serverFiles()
    const clients = authorityFiles()
    const server = await startTarget({ ...env, TABLE_TLS_CLIENT_CA: clients.certFile })
    const identity = ({ certFile, keyFile }: { certFile: string; keyFile: string }) => ({
      TABLE_CA: authority.certFile,
      TABLE_CERT: certFile,
      TABLE_KEY: keyFile,
    })
    const session = testSession(server, environment, identity(pemFiles(clients.issueClient('alice'))))
    expect(await session.upload(testFile(csv))).toEqual({ error: '' })
    expect(await session.total('x', 'parquet')).toBe(42n)
    for (const env of [{ TABLE_CA: authority.certFile }, identity(pemFiles(authority.issueClient('alice')))])
      expect(await testSession(server, environment, env).sum('x', 'csv')).toMatchObject({
        status: 'UNAVAILABLE',
      })
  })

  test('a call may do what its token allows, and no more', async () => {
    const { authority, env } = serverFiles()
    const server = await startTarget({ ...env, TABLE_TOKEN_FILE: tokenFile() })
    const tls = { TABLE_CA: authority.certFile }
    const tokens = ['', 'stranger', 'reader', 'writer']
    const sessions = tokens.map(token => testSession(server, environment, { ...tls, TABLE_TOKEN: token }))
    const withToken = (token: string) => sessions[tokens.indexOf(token)] as PythonSession
    expect(await withToken('writer').upload(testFile(csv))).toEqual({ error: '' })
    expect(await withToken('reader').total('x', 'csv')).toBe(42n)
    const refused = async (token: string, status: string) => {
      // Larger than every buffer on the way: the answer comes although nobody reads the request.
      const large = testFile(`x\n${'1\n'.repeat(10_000_000)}`)
      expect(await withToken(token).upload(large)).toMatchObject({ status })
      expect(await names(server, 'incoming')).toEqual([])
      expect(await names(server, 'files')).toHaveLength(2)
    }
    await refused('', 'UNAUTHENTICATED')
    await refused('stranger', 'UNAUTHENTICATED')
    await refused('reader', 'PERMISSION_DENIED')
    expect(await withToken('stranger').sum('x', 'csv')).toMatchObject({ status: 'UNAUTHENTICATED' })
    expect(await withToken('writer').sum('x', 'csv')).toMatchObject({ status: 'PERMISSION_DENIED' })
  })
})

test('table-cli with TLS and a token', async () => {
  const { authority, env } = serverFiles()
  const { port } = await startTarget({ ...env, TABLE_TOKEN_FILE: tokenFile() })
  const tableCli = tableCliOf(port, { TABLE_TOKEN: 'both' })
  const ca = ['--ca', authority.certFile]
  expect(await tableCli(...ca, 'upload', testFile(csv))).toEqual({ stdout: 'success\n', stderr: '', code: 0 })
  expect(await tableCli(...ca, 'sum', 'x')).toEqual({ stdout: '42\n', stderr: '', code: 0 })
})

/** Returns the first block of `language` in docs/access.md that contains `text`. */
function documented(language: string, text: string): string {
  const blocks = readFileSync(join(root, 'docs/access.md'), 'utf8').split('```')
  const block = blocks.find(part => part.startsWith(`${language}\n`) && part.includes(text))
  if (!block) throw new Error(`docs/access.md has no block of ${language} with ${text}`)
  return block.slice(language.length + 1)
}

test('docs/access.md: the commands make a token, and the Python example sums with it', async () => {
  const { authority, env } = serverFiles()
  const directory = testDirectory()
  writeFileSync(join(directory, 'ca.pem'), authority.cert)
  const [makeToken, addLine] = documented('sh', 'token=').split('\n')
  const shell = `${makeToken}\n${addLine}\necho "$token"`
  const token = await output('sh', ['-c', shell], { cwd: directory })
  expect(token).toMatch(/^[0-9a-f]{64}$/)

  const server = await startTarget({ ...env, TABLE_TOKEN_FILE: join(directory, 'tokens') })
  const both = testSession(server, 'course', { TABLE_CA: authority.certFile, TABLE_TOKEN: token })
  expect(await both.upload(testFile(csv))).toEqual({ error: '' })
  const example = documented('python', 'ssl_channel_credentials').replace(
    'table.example:5440',
    `localhost:${server.port}`,
  )
  const program = `token = "${token}"\n${example}`
  expect(await output(python('course'), ['-c', program], { cwd: directory, env: { PYTHONPATH: root } })).toBe(
    '42',
  )
})
