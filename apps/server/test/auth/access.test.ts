import { Command } from 'commander'
import { expect, test, vi } from 'vitest'
import { accessWarning, openAccess, readAccess } from '../../src/auth/access.ts'
import { type AccessFlags, accessOptions, contradiction } from '../../src/config/flags.ts'
import { authorityFiles, pemFiles, tokenFile } from '../support/secrets.ts'

function flagsOf(...args: string[]): AccessFlags {
  const command = new Command()
  for (const option of accessOptions()) command.addOption(option)
  return command.parse(args, { from: 'user' }).opts()
}

test('each file has a flag and a variable', () => {
  const all = { tlsCert: 'a', tlsKey: 'b', tlsClientCa: 'c', tokenFile: 'd' }
  const args = ['--tls-cert', 'a', '--tls-key', 'b', '--tls-client-ca', 'c', '--token-file', 'd']
  expect(flagsOf(...args)).toEqual(all)
  vi.stubEnv('TABLE_TLS_CERT', 'a')
  vi.stubEnv('TABLE_TLS_KEY', 'b')
  vi.stubEnv('TABLE_TLS_CLIENT_CA', 'c')
  vi.stubEnv('TABLE_TOKEN_FILE', 'd')
  expect(flagsOf()).toEqual(all)
  vi.unstubAllEnvs()
  expect(flagsOf()).toEqual({})
})

test.each<[AccessFlags, string | undefined]>([
  [{}, undefined],
  [{ tokenFile: 'd' }, undefined],
  [{ tlsCert: 'a', tlsKey: 'b' }, undefined],
  [{ tlsCert: 'a', tlsKey: 'b', tlsClientCa: 'c' }, undefined],
  [{ tlsCert: 'a' }, '--tls-cert and --tls-key go together: found only --tls-cert'],
  [{ tlsKey: 'b' }, '--tls-cert and --tls-key go together: found only --tls-key'],
  [{ tlsClientCa: 'c' }, '--tls-client-ca needs --tls-cert and --tls-key: only TLS knows certificates'],
])('flags that contradict each other: %j', (flags, problem) => {
  expect(contradiction(flags)).toBe(problem)
})

test('without files everybody may connect and call', () => {
  expect(readAccess({})).toEqual(openAccess)
  // `contradiction` refuses one file without the other before.
  for (const half of [{ tlsCert: 'a' }, { tlsKey: 'b' }]) expect(readAccess(half)).toEqual(openAccess)
})

test('the files say who may connect and who may call', () => {
  const { certFile, keyFile } = pemFiles(authorityFiles().issue())
  const { tls, tokens } = readAccess({ tlsCert: certFile, tlsKey: keyFile, tokenFile: tokenFile() })
  tokens?.close()
  expect(tls).toMatchObject({ cert: expect.anything(), key: expect.anything() })
  expect(tokens?.find('reader')).toMatchObject({ name: 'reader' })
})

test('there is no warning if only client certificates or this machine are let in', () => {
  const others = ['192.0.2.1']
  expect(accessWarning(others, {})).toMatch(/^everybody/)
  expect(accessWarning(['127.0.0.1'], {})).toBeUndefined()
  expect(accessWarning(others, { tokenFile: 'd' })).toMatch(/^tokens and data/)
  expect(accessWarning(others, { tokenFile: 'd', tlsCert: 'a' })).toBeUndefined()
  expect(accessWarning(others, { tlsCert: 'a', tlsClientCa: 'c' })).toBeUndefined()
  vi.stubEnv('TABLE_OPEN', '1')
  expect(accessWarning(others, {})).toBeUndefined()
  vi.stubEnv('TABLE_OPEN', 'yes')
  expect(accessWarning(others, {})).toMatch(/^everybody/)
  vi.unstubAllEnvs()
})
