import { rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TokenFile } from '../../src/auth/tokenFile.ts'
import { log } from '../../src/observe/log.ts'
import { tokenFile, tokenLine } from '../support/secrets.ts'

test('a problem with the file is reported once, and the tokens stay in force until the file is right', async () => {
  const warned = vi.spyOn(log, 'warn').mockImplementation(() => {})
  const told = vi.spyOn(log, 'info').mockImplementation(() => {})
  const path = tokenFile()
  const tokens = new TokenFile(path)
  onTestFinished(() => {
    tokens.close()
    warned.mockRestore()
    told.mockRestore()
  })
  const lines = async (change: () => void) => {
    change()
    warned.mockClear()
    told.mockClear()
    for (let i = 0; i < 3; i++) await tokens.look()
    return [...warned.mock.calls, ...told.mock.calls].flat()
  }
  const nothing = () => {}
  const warning = (what: string) => expect.stringMatching(`^token file .*${what}.* stay in force$`)
  expect(await lines(nothing)).toEqual([])
  expect(await lines(() => writeFileSync(path, 'nonsense\n'))).toEqual([warning('line 1')])
  expect(await lines(nothing)).toEqual([])
  expect(await lines(() => writeFileSync(path, ''))).toEqual([warning('no token')])
  expect(await lines(() => rmSync(path))).toEqual([warning('ENOENT')])
  expect(tokens.find('reader')).toMatchObject({ name: 'reader' })
  const anew = [expect.stringMatching(/ read again, tokens in force: 1$/)]
  expect(await lines(() => writeFileSync(path, tokenLine('new', 'read')))).toEqual(anew)
  expect([tokens.find('reader'), tokens.find('new')?.name]).toEqual([undefined, 'new'])
})

test('the token file is read every second until it is closed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  const said = vi.spyOn(log, 'info').mockImplementation(() => {})
  onTestFinished(() => {
    said.mockRestore()
    vi.useRealTimers()
  })
  const path = tokenFile()
  const tokens = new TokenFile(path)
  const known = async (name: string) => {
    while (!tokens.find(name)) await new Promise(setImmediate)
    await new Promise(setImmediate)
  }
  for (const name of ['second', 'third']) {
    writeFileSync(path, tokenLine(name, 'read'))
    vi.advanceTimersByTime(999)
    await new Promise(resolve => setImmediate(resolve))
    expect(tokens.find(name)).toBeUndefined()
    vi.advanceTimersByTime(1)
    await known(name)
  }
  writeFileSync(path, tokenLine('last', 'read'))
  vi.advanceTimersByTime(1000)
  tokens.close()
  await known('last')
  expect(vi.getTimerCount()).toBe(0)

  const closed = new TokenFile(path)
  expect(vi.getTimerCount()).toBe(1)
  closed.close()
  expect(vi.getTimerCount()).toBe(0)
})
