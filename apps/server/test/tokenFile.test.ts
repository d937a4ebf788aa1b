import { rmSync, writeFileSync } from 'node:fs'
import { expect, onTestFinished, test, vi } from 'vitest'
import { TokenFile } from '../src/tokenFile.ts'
import { tokenFile, tokenLine } from './secrets.ts'

test('what is wrong with the file is said once, until something else is, and tokens stay until it is right', async () => {
  const said = vi.spyOn(console, 'error').mockImplementation(() => {})
  const path = tokenFile()
  const tokens = new TokenFile(path)
  onTestFinished(() => {
    tokens.close()
    said.mockRestore()
  })
  const lines = async (change: () => void) => {
    change()
    said.mockClear()
    for (let i = 0; i < 3; i++) await tokens.look()
    return said.mock.calls.flat()
  }
  const nothing = () => {}
  const warning = (what: string) => expect.stringMatching(`^warning: .*${what}.* stay in force$`)
  expect(await lines(nothing)).toEqual([])
  expect(await lines(() => writeFileSync(path, 'nonsense\n'))).toEqual([warning('line 1')])
  expect(await lines(nothing)).toEqual([])
  expect(await lines(() => writeFileSync(path, ''))).toEqual([warning('no token')])
  expect(await lines(() => rmSync(path))).toEqual([warning('ENOENT')])
  expect(tokens.find('reader')).toMatchObject({ name: 'reader' })
  const anew = [expect.stringMatching(/ read anew: 1 in force$/)]
  expect(await lines(() => writeFileSync(path, tokenLine('new', 'read')))).toEqual(anew)
  expect([tokens.find('reader'), tokens.find('new')?.name]).toEqual([undefined, 'new'])
})
