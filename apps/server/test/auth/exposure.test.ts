import { expect, test } from 'vitest'
import { exposureWarning } from '../../src/auth/exposure.ts'
import { spawnServer } from '../support/process.ts'
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

/** Returns everything that a server on all addresses prints on stderr. */
async function printed(env: Record<string, string>): Promise<string> {
  const { ready, child, exited } = spawnServer({ env: { TABLE_HOST: '::', TABLE_OPEN: '', ...env } })
  await ready
  child.kill()
  return (await exited).stderr
}

const anybody = /^warning: everybody who reaches \S+ can .*: give --token-file or --tls-client-ca, .*\n$/
const plain = /^warning: tokens and data come to \S+ as plain text: give --tls-cert and --tls-key, .*\n$/

test('a server that other machines can reach warns in one line, unless it is protected or declared open', async () => {
  const authority = authorityFiles()
  const { certFile, keyFile } = pemFiles(authority.issue())
  const tls = { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile }
  const tokens = { TABLE_TOKEN_FILE: tokenFile() }
  expect(await printed({})).toMatch(anybody)
  expect(await printed(tls)).toMatch(anybody)
  expect(await printed({ TABLE_OPEN: '0' })).toMatch(anybody)
  expect(await printed(tokens)).toMatch(plain)
  expect(await printed({ ...tokens, TABLE_OPEN: '1' })).toMatch(plain)
  for (const quiet of [
    { TABLE_OPEN: '1' },
    { TABLE_HOST: '127.0.0.1' },
    { ...tls, ...tokens },
    { ...tls, TABLE_TLS_CLIENT_CA: authority.certFile },
  ])
    expect(await printed(quiet)).toBe('')
})
