import { expect, test } from 'vitest'
import { exposureWarning } from '../../src/auth/exposure.ts'
import { linesOf, spawnServer } from '../support/process.ts'
import { authorityFiles, pemFiles, tokenFile } from '../support/secrets.ts'

const nothing = { tls: false, clientCertificates: false, tokens: false, open: false }

test.each([
  ['127.0.0.1', false],
  ['127.1.2.3', false],
  ['::1', false],
  ['::ffff:127.0.0.1', false],
  ['::', true],
  ['0.0.0.0', true],
  ['192.0.2.1', true],
  ['2001:db8::1', true],
  ['::ffff:192.0.2.1', true],
])('others reach %s: %j', (address, exposed) => {
  expect(exposureWarning([address], nothing) !== undefined).toBe(exposed)
  expect(exposureWarning(['127.0.0.1', address], nothing) !== undefined).toBe(exposed)
})

/** Returns all warnings of a server on all addresses. */
async function warnings(env: Record<string, string>): Promise<string[]> {
  const { ready, child, exited } = spawnServer({ env: { TABLE_HOST: '::', TABLE_OPEN: '', ...env } })
  await ready
  child.kill()
  return linesOf((await exited).stderr).map(({ msg }) => msg)
}

const anybody = [
  expect.stringMatching(/^everybody who reaches \S+ can .*: give --token-file or --tls-client-ca, .*$/),
]
const plain = [
  expect.stringMatching(/^tokens and data come to \S+ as plain text: give --tls-cert and --tls-key, .*$/),
]

test('a server that other machines can reach warns in one line, unless it is protected or declared open', async () => {
  const authority = authorityFiles()
  const { certFile, keyFile } = pemFiles(authority.issue())
  const tls = { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile }
  const tokens = { TABLE_TOKEN_FILE: tokenFile() }
  expect(await warnings({})).toEqual(anybody)
  expect(await warnings(tls)).toEqual(anybody)
  expect(await warnings({ TABLE_OPEN: '0' })).toEqual(anybody)
  expect(await warnings(tokens)).toEqual(plain)
  expect(await warnings({ ...tokens, TABLE_OPEN: '1' })).toEqual(plain)
  for (const quiet of [
    { TABLE_OPEN: '1' },
    { TABLE_HOST: '127.0.0.1' },
    { ...tls, ...tokens },
    { ...tls, TABLE_TLS_CLIENT_CA: authority.certFile },
  ])
    expect(await warnings(quiet)).toEqual([])
})
