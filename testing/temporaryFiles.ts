// Keeps the temporary files of a run in memory if there is room: on a disk, the tests wait for each file that is synced, although no
// machine loses power between two steps of a test. The long form uses the disk, because its files are large.
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statfsSync } from 'node:fs'
import { join } from 'node:path'
import { isLong } from './form.ts'

/** Where Linux has a file system in memory. */
const memory = '/dev/shm'
/** The bytes that must be free. A run of the middle form has a fifth of them at a time. */
const NEEDED = 4 * 1024 ** 3
/** A folder in memory is named after the process that runs the tests. */
const prefix = 'table-tests-'
/** All projects of a run share one folder. */
const shared = globalThis as { temporaryFilesOfTests?: string }

export default function setup(): (() => void) | undefined {
  if (shared.temporaryFilesOfTests || process.env.TMPDIR || isLong || !existsSync(memory)) return undefined
  removeLeftovers()
  if (!runsPrograms() || !hasRoom()) return undefined
  const folder = join(memory, `${prefix}${process.pid}`)
  mkdirSync(folder)
  shared.temporaryFilesOfTests = folder
  process.env.TMPDIR = folder
  return () => remove(folder)
}

/** Some containers forbid to start programs from memory, which tests do. */
function runsPrograms(): boolean {
  const mounts = readFileSync('/proc/self/mounts', 'utf8').split('\n')
  const options = mounts.map(line => line.split(' ')).find(([, path]) => path === memory)?.[3]
  return options !== undefined && !options.split(',').includes('noexec')
}

function hasRoom(): boolean {
  const { bavail, bsize } = statfsSync(memory)
  return Math.min(bavail * bsize, process.availableMemory()) >= NEEDED
}

/** Removes the folders of runs that were killed, which would take memory until the machine starts again. */
function removeLeftovers(): void {
  for (const name of readdirSync(memory)) {
    if (!name.startsWith(prefix) || isAlive(Number(name.slice(prefix.length)))) continue
    remove(join(memory, name))
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true })
}
