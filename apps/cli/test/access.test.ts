import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { stride } from '../../../testing/form.ts'
import { authorityFiles, pemFiles, tokenFile } from '../../server/test/support/secrets.ts'
import { type Address, parseAddress } from '../src/address.ts'
import { cli, cliWith } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { startServer } from './support/realServer.ts'

function csv(): string {
  const path = join(temporaryDirectory(), 'x.csv')
  writeFileSync(path, 'x\n1\n2\n')
  return path
}

/** Runs commands, in the short form two of the four. All of them must print the same line on stderr, and nothing else. */
async function refusal(env: Record<string, string>, server: Address, ...options: string[]): Promise<string> {
  const commands = [
    ['upload', csv()],
    ['sum', 'x'],
    ['csvsum', 'x'],
    ['bigdata', '--batches=1', '--rows=1'],
  ]
  const { from, step } = stride(2)
  const chosen = commands.filter((_, i) => i % step === from)
  const outcomes = await Promise.all(chosen.map(command => cliWith(env, server, ...options, ...command)))
  const lines = outcomes.map(({ stdout, stderr, exitCode }) => {
    expect([stdout, exitCode]).toEqual(['', 1])
    expect(stderr).toMatch(/^[^\n]+\n$/)
    return stderr.replace(/^\S+\/x\.csv: |^batch 0: | \(0 of 1 batches are stored\)$/gm, '').trim()
  })
  expect(new Set(lines).size).toBe(1)
  return lines[0] ?? ''
}

/** Starts a server with TLS, and with mutual TLS if `clients` is an authority. */
async function startTls(clients?: { certFile: string }) {
  const authority = authorityFiles()
  const own = pemFiles(authority.issue())
  const { address } = await startServer(temporaryDirectory(), {
    env: {
      TABLE_TLS_CERT: own.certFile,
      TABLE_TLS_KEY: own.keyFile,
      ...(clients && { TABLE_TLS_CLIENT_CA: clients.certFile }),
    },
  })
  return { address, ca: authority.certFile, authority }
}

const named = (host: string, { port }: Address) => parseAddress(`${host}:${port}`)

describe('TLS', () => {
  test.each(['localhost', '127.0.0.1'])('uploads and sums, at %s', async host => {
    const { address, ca } = await startTls()
    const server = named(host, address)
    expect(await cli(server, '--ca', ca, 'upload', csv())).toEqual({
      stdout: 'success\n',
      stderr: '',
      exitCode: 0,
    })
    const three = { stdout: '3\n', stderr: '', exitCode: 0 }
    expect(await cli(server, 'sum', 'x', '--ca', ca)).toEqual(three)
    expect(await cliWith({ TABLE_CA: ca }, server, 'sum', 'x', '--format', 'csv')).toEqual(three)
    const big = await cli(server, '--ca', ca, 'bigdata', '--batches', '3', '--rows', '100000')
    expect(big).toMatchObject({ stderr: '', exitCode: 0 })
    expect((await cli(server, '--ca', ca, 'sum', 'x')).stdout).toBe('300003\n')
  })

  test('with mutual TLS it shows its certificate', async () => {
    const clients = authorityFiles()
    const { address, ca, authority } = await startTls(clients)
    const { certFile, keyFile } = pemFiles(clients.issueClient('alice'))
    const options = ['--ca', ca, '--cert', certFile, '--key', keyFile]
    expect(await cli(address, ...options, 'upload', csv())).toMatchObject({ stdout: 'success\n', stderr: '' })
    expect(await cli(address, ...options, 'sum', 'x')).toMatchObject({ stdout: '3\n', stderr: '' })

    expect(await refusal({}, address, '--ca', ca)).toBe(
      `${address.name} wants a certificate: give yours with --cert and --key`,
    )
    const stranger = pemFiles(authority.issueClient('alice'))
    expect(
      await refusal({}, address, '--ca', ca, '--cert', stranger.certFile, '--key', stranger.keyFile),
    ).toMatch(/ does not accept the certificate in --cert: ask for one /)
  })

  test('every command reports an error in one line', async () => {
    const { address, ca, authority } = await startTls()
    expect(await refusal({}, address)).toBe(
      `${address.name} speaks TLS: give the certificate of its authority with --ca`,
    )
    expect(await refusal({}, address, '--ca', authorityFiles().certFile)).toMatch(
      /^the certificate of \S+ is not from the authority in --ca /,
    )
    const plain = await startServer(temporaryDirectory())
    expect(await refusal({}, plain.address, '--ca', ca)).toMatch(/ does not speak TLS: leave --ca out, or /)

    const { certFile, keyFile } = pemFiles(authority.issue('table.example'))
    const env = { TABLE_TLS_CERT: certFile, TABLE_TLS_KEY: keyFile }
    const other = await startServer(temporaryDirectory(), { env })
    expect(await refusal({}, other.address, '--ca', ca)).toMatch(
      /^the certificate of \S+ is not for 127\.0\.0\.1 .*: name the server as its certificate does$/,
    )
    expect(await refusal({}, parseAddress('localhost:1'), '--ca', ca)).toMatch(/^cannot reach localhost:1: /)
  })
})

describe('tokens', () => {
  test('TABLE_TOKEN goes with every call', async () => {
    const { address } = await startServer(temporaryDirectory(), { env: { TABLE_TOKEN_FILE: tokenFile() } })
    expect(await cliWith({ TABLE_TOKEN: 'writer' }, address, 'upload', csv())).toMatchObject({
      stdout: 'success\n',
    })
    expect(await cliWith({ TABLE_TOKEN: 'reader' }, address, 'sum', 'x')).toMatchObject({ stdout: '3\n' })
    const wanted =
      /^\S+ refused: this server wants a token: .*: put a token that the server knows into TABLE_TOKEN$/
    expect(await refusal({}, address)).toMatch(wanted)
    expect(await refusal({ TABLE_TOKEN: '' }, address)).toMatch(wanted)
    expect(await refusal({ TABLE_TOKEN: 'stranger' }, address)).toMatch(/know the token: put a token /)
    expect(await cliWith({ TABLE_TOKEN: 'writer' }, address, 'sum', 'x')).toEqual({
      stdout: '',
      stderr: `${address.name} refused: the token of writer has the scope write, this call needs read: put another token into TABLE_TOKEN\n`,
      exitCode: 1,
    })
  })

  test('a refused upload does not send its file', async () => {
    const { address } = await startServer(temporaryDirectory(), { env: { TABLE_TOKEN_FILE: tokenFile() } })
    const path = join(temporaryDirectory(), 'x.csv')
    writeFileSync(path, `x\n${'1\n'.repeat(10_000_000)}`)
    const { stdout, stderr, exitCode } = await cli(address, 'upload', path)
    expect(stderr).toMatch(/x\.csv: \S+ refused: this server wants a token: /)
    expect([stdout, exitCode]).toEqual(['', 1])
  })

  test('a token is not sent as plain text to another machine, nor is anything else', async () => {
    const env = { TABLE_TOKEN: 'secret' }
    for (const server of ['192.0.2.1:5440', 'table.invalid:5440', '[2001:db8::1]:5440'])
      expect(await refusal(env, parseAddress(server))).toBe(
        `TABLE_TOKEN would go to ${server} as plain text, for everybody on the way to read: use TLS (--ca), or unset TABLE_TOKEN`,
      )
    for (const server of ['127.0.0.1:1', 'localhost:1', '[::1]:1', '127.1.2.3:1'])
      expect(await refusal(env, parseAddress(server))).toMatch(/^cannot reach /)
    expect(await refusal(env, parseAddress('table.invalid:1'), '--ca', authorityFiles().certFile)).toMatch(
      /^cannot reach /,
    )
  })

  test('a text that cannot be a token is neither sent nor quoted', async () => {
    for (const token of ['two words', 'line\n', 'naïve']) {
      const line = await refusal({ TABLE_TOKEN: token }, parseAddress('localhost:1'))
      expect(line).toMatch(/^TABLE_TOKEN is not a token: /)
      expect(line).not.toContain(token)
    }
  })
})

describe('options', () => {
  const nowhere = parseAddress('localhost:1')

  test.each([
    [['--cert', 'a'], '--cert and --key go together'],
    [['--ca', 'a', '--key', 'a'], '--cert and --key go together'],
    [['--cert', 'a', '--key', 'a'], '--cert and --key need --ca'],
  ])('%j are wrong usage', async (options, words) => {
    const { stdout, stderr, exitCode } = await cli(nowhere, ...options, 'sum', 'x')
    expect(stderr).toMatch(new RegExp(`^error: ${words}.* \\(see table-cli sum --help\\)\\n$`))
    expect([stdout, exitCode]).toEqual(['', 2])
  })

  test('a file that cannot be used is named', async () => {
    const { certFile, keyFile } = authorityFiles()
    const missing = `${certFile}.no`
    const needed = (ca: string, cert: string, key: string) =>
      refusal({}, nowhere, '--ca', ca, '--cert', cert, '--key', key)
    expect(await needed(missing, certFile, keyFile)).toBe(
      `cannot read --ca ${missing} (ENOENT): check the path`,
    )
    expect(await needed(certFile, missing, keyFile)).toContain(`cannot read --cert ${missing}`)
    expect(await needed(certFile, certFile, missing)).toContain(`cannot read --key ${missing}`)
    expect(await needed(keyFile, certFile, keyFile)).toContain('does not hold a certificate in PEM')
    expect(await needed(certFile, certFile, certFile)).toMatch(
      /^cannot use --cert .*: give a certificate and /,
    )
    expect(await needed(certFile, certFile, authorityFiles().keyFile)).toMatch(/^cannot use --cert /)
  })
})
