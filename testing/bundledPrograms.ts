// Bundles the programs that the tests start as processes, once for each run: a process that loads our modules one by one, and strips
// the types from each of them, takes twice the CPU time.
import { createHash } from 'node:crypto'
import {
  existsSync,
  globSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from 'node:fs'
import { basename, join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { bundle } from '../scripts/bundle.ts'
import { PROGRAMS } from './bundledParts.ts'

const root = join(import.meta.dirname, '..')
const entries = [
  'apps/cli/src/main.ts',
  'apps/server/src/command.ts',
  'apps/server/src/workers/worker.ts',
  'apps/server/src/workers/clusterWorker.ts',
  'apps/server/src/query/child.ts',
  'libs/storage/src/directory/listingThread.ts',
  ...globSync('apps/*/test/hooks/*.ts', { cwd: root }),
]
const bundles = join(root, 'node_modules/.cache/table-tests')
/** A bundle that no run has used for so many ms is removed. */
const UNUSED = 24 * 60 * 60 * 1000
/** All projects of a run share one bundle. */
const shared = globalThis as { bundleOfTests?: Promise<string> }

export default async function setup(project: TestProject): Promise<void> {
  // The tests of libraries start no programs, so bench/mutate saves the time that a bundle of each mutant takes.
  if (process.env.TABLE_UNBUNDLED) {
    delete process.env[PROGRAMS]
    keepCompiled(join(root, 'node_modules/.cache/table'))
    return
  }
  shared.bundleOfTests ??= bundlePrograms()
  provideBundle(await shared.bundleOfTests, [project])
  project.onTestsRerun(async () => provideBundle(await bundlePrograms(), [project]))
}

/** Lets the tests of these projects start their programs from a bundle. */
export function provideBundle(folder: string, projects: readonly TestProject[]): void {
  shared.bundleOfTests = Promise.resolve(folder)
  keepCompiled(join(folder, 'compiled'))
  const programs = join(folder, 'lib')
  process.env[PROGRAMS] = programs
  for (const project of projects) project.provide('programs', programs)
}

/**
 * Tells the processes and threads of the tests where Node keeps the JavaScript that it has compiled, also of our TypeScript. Without
 * this cache a start would take twice as long.
 */
function keepCompiled(folder: string): void {
  process.env.NODE_COMPILE_CACHE = folder
}

/** Bundles the programs. Returns the folder, which is named after the content: several runs may use it at a time. */
export async function bundlePrograms(): Promise<string> {
  const made = join(bundles, `new-${process.pid}`)
  rmSync(made, { recursive: true, force: true })
  mkdirSync(made, { recursive: true })
  symlinkSync(join(root, 'libs/kernels/build'), join(made, 'build'))
  symlinkSync(join(root, 'apps/console/dist'), join(made, 'page'))
  writeFileSync(join(made, 'package.json'), '{"type":"module"}')
  const chunks = await bundle({
    entries: Object.fromEntries(entries.map(path => [basename(path, '.ts'), path])),
    external: ['apps/cli', 'apps/server'].flatMap(optionalPackages),
    node: process.versions.node,
    dir: join(made, 'lib'),
  })
  symlinkSync(join(root, 'apps/server/src/http/openapi.json'), join(made, 'lib/openapi.json'))
  const content = createHash('sha256')
  for (const { fileName, code } of chunks) content.update(`${fileName}\n${code}`)
  const folder = join(bundles, content.digest('hex').slice(0, 16))
  if (existsSync(folder)) rmSync(made, { recursive: true })
  else renameSync(made, folder)
  const now = Date.now()
  utimesSync(folder, now / 1000, now / 1000)
  for (const name of readdirSync(bundles)) {
    const used = statSync(join(bundles, name), { throwIfNoEntry: false })?.mtimeMs ?? now
    if (now - used > UNUSED) rmSync(join(bundles, name), { recursive: true, force: true })
  }
  return folder
}

function optionalPackages(project: string): string[] {
  const { optionalDependencies = {} } = JSON.parse(readFileSync(join(root, project, 'package.json'), 'utf8'))
  return Object.keys(optionalDependencies)
}
