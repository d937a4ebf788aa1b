import { execFileSync, spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { expect, onTestFinished, test } from 'vitest'
import { program } from '../../../testing/program.ts'
import { MALLOC_VARIABLES, NODE_FLAGS } from '../src/config/tuning.ts'
import { temporaryDirectory } from './support/server.ts'

const command = program('apps/server/src/command.ts')
const texts = (pid: number | undefined, file: string) =>
  readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0')

test('the command runs the server in its own process, with every setting', async () => {
  const args = ['--port', '0', '--data-dir', temporaryDirectory(), '--workers', '1']
  const child = spawn(process.execPath, [command, ...args], { stdio: ['ignore', 'pipe', 'ignore'] })
  onTestFinished(() => void child.kill('SIGKILL'))
  const [line] = await once(child.stdout, 'data')
  expect(String(line)).toMatch(/^listening on /)
  const started = texts(child.pid, 'cmdline')
  for (const flag of NODE_FLAGS) expect(started).toContain(flag)
  expect(started.slice(-args.length - 1, -1)).toEqual(args)
  for (const variable of MALLOC_VARIABLES) expect(texts(child.pid, 'environ')).toContain(variable)
  child.kill()
  expect(await once(child, 'close')).toEqual([0, null])
})

test('a command that npx has started ends when the shell of npx does', async () => {
  const args = ['--port', '0', '--data-dir', temporaryDirectory(), '--workers', '1']
  // Without a second command the shell would become ours.
  const shell = spawn('sh', ['-c', '"$@"; exit', 'sh', process.execPath, command, ...args], {
    env: { ...process.env, npm_command: 'exec' },
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  })
  onTestFinished(() => {
    try {
      process.kill(-(shell.pid as number), 'SIGKILL')
    } catch {
      // All of its processes have ended.
    }
  })
  const [line] = await once(shell.stdout, 'data')
  expect(String(line)).toMatch(/^listening on /)
  shell.kill('SIGKILL')
  await once(shell.stdout.resume(), 'end')
})

test('the exit code of the server is the exit code of the command', () => {
  const run = (...args: string[]) => execFileSync(process.execPath, [command, ...args], { stdio: 'pipe' })
  expect(String(run('--version'))).toMatch(/^\d+\.\d+\.\d+\n$/)
  expect(() => run('--what')).toThrow(expect.objectContaining({ status: 2 }))
})
