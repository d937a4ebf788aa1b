import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { expect, onTestFinished, test } from 'vitest'
import { takeDirectoryLock } from '../../src/directory/directoryLock.ts'
import { lockFile } from '../../src/paths.ts'
import { temporaryDirectory, thrown } from '../support/directories.ts'

const holdingProcess = new URL('./holding-process.ts', import.meta.url).pathname

/** Starts another process that holds the directory until it is killed. Resolves when the process has the lock. */
async function heldByAnother(dataDir: string): Promise<ChildProcess> {
  const child = spawn(process.execPath, [holdingProcess, dataDir], { stdio: ['ignore', 'pipe', 'inherit'] })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  return child
}

test('a directory that another process serves is refused, with what to do', async () => {
  const dataDir = temporaryDirectory()
  await heldByAnother(dataDir)
  const error = thrown(() => takeDirectoryLock(dataDir))
  expect(error.code).toBe('unusable')
  expect(error.message).toBe(
    `the data directory ${dataDir} is served by another process, which holds ${lockFile(dataDir)}: stop that server, or choose another data directory`,
  )
})

test('a process that is killed loses its lock', async () => {
  const dataDir = temporaryDirectory()
  const child = await heldByAnother(dataDir)
  child.kill('SIGKILL')
  await once(child, 'exit')
  takeDirectoryLock(dataDir)()
})

test('the same process does not get a second lock until it releases the first', () => {
  const dataDir = temporaryDirectory()
  const release = takeDirectoryLock(dataDir)
  expect(thrown(() => takeDirectoryLock(dataDir)).code).toBe('unusable')
  release()
  release()
  takeDirectoryLock(dataDir)()
})

test('the lock outlives garbage collection, even if nobody keeps the function that releases it', async () => {
  const dataDir = temporaryDirectory()
  const child = spawn(process.execPath, ['--expose-gc', holdingProcess, dataDir], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  onTestFinished(() => {
    child.kill('SIGKILL')
  })
  await once(child.stdout, 'data')
  expect(thrown(() => takeDirectoryLock(dataDir)).code).toBe('unusable')
})
