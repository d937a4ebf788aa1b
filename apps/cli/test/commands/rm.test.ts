import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { cli, cliOnTerminal, cliWith, outcomeOf } from '../support/cli.ts'
import { temporaryDirectory } from '../support/directory.ts'
import { serverOfFile } from '../support/realServer.ts'

const server = serverOfFile()

/** Returns the numbers of new uploads. */
async function uploaded(count: number): Promise<string[]> {
  const directory = temporaryDirectory()
  const files = Array.from({ length: count }, (_, i) => join(directory, `${i}.csv`))
  for (const file of files) writeFileSync(file, 'x\n1\n')
  expect((await cli(server(), 'upload', '--jobs', '1', ...files)).exitCode).toBe(0)
  return (await listed()).slice(0, count).reverse()
}

async function listed(): Promise<string[]> {
  const { stdout } = await cli(server(), 'ls', '--json')
  return JSON.parse(stdout).map(({ id }: { id: number }) => String(id))
}

/** Runs rm on a terminal and types `answer` when it asks. */
async function removeOnTerminal(answer: string, ...ids: string[]) {
  const child = cliOnTerminal(server(), ['rm', ...ids])
  let output = ''
  child.stdout?.on('data', (text: Buffer) => {
    const asked = output.includes('[y/N]')
    output += text
    if (!asked && output.includes('[y/N]')) child.stdin?.write(answer)
  })
  const { exitCode } = await outcomeOf(child)
  return { output: output.replaceAll('\r', ''), exitCode }
}

test('rm --yes removes uploads of a running server, even where a variable names its directory', async () => {
  const [a = '', b = '', c = ''] = await uploaded(3)
  const env = { TABLE_DATA_DIR: temporaryDirectory() }
  expect(await cliWith(env, server(), 'rm', a, c, a, '--yes')).toEqual({
    stdout: `upload ${a} removed\nupload ${c} removed\n`,
    stderr: '',
    exitCode: 0,
  })
  expect(await listed()).toEqual([b])
})

test('if one upload does not exist, nothing is removed', async () => {
  const [id = ''] = await uploaded(1)
  const { stdout, stderr, exitCode } = await cli(server(), 'rm', id, '999', '--yes')
  expect(stderr).toMatch(/^there is no upload 999: .*\(nothing was removed\)\n$/)
  expect([stdout, exitCode]).toEqual(['', 1])
  expect(await listed()).toContain(id)
})

test('without a terminal, --yes is required', async () => {
  const [id = ''] = await uploaded(1)
  const { stdout, stderr, exitCode } = await cli(server(), 'rm', id)
  expect(stderr).toBe('error: without a terminal to ask on, rm needs --yes (see table-cli rm --help)\n')
  expect([stdout, exitCode]).toEqual(['', 2])
  expect(await listed()).toContain(id)
})

test('on a terminal, rm shows the uploads and asks', async () => {
  const [a = '', b = ''] = await uploaded(2)
  for (const answer of ['n\n', '\n', 'yess\n', '\x04']) {
    const { output, exitCode } = await removeOnTerminal(answer, a, b)
    expect(output).toMatch(/id +name +received +rows +bytes\S*\n.* 0\.csv .*\n.* 1\.csv /)
    expect(output).toContain('remove these 2 uploads? [y/N]')
    expect(output).toContain('nothing was removed')
    expect(exitCode).toBe(1)
  }
  expect(await listed()).toEqual(expect.arrayContaining([a, b]))
  const { output, exitCode } = await removeOnTerminal('y\n', b)
  expect(output).toContain('remove this upload? [y/N]')
  expect(output).toContain(`upload ${b} removed\n`)
  expect(exitCode).toBe(0)
  expect(await listed()).not.toContain(b)
})
