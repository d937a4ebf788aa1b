// A process that runs test files of the project in its working directory one after the other, because
// starting Vitest takes longer than most of the files. Each message names a file; the reply says what failed.
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { createVitest } from 'vitest/node'

/** The absolute paths of a test file, and of the sources that are changed. */
export interface Order {
  test: string
  changed: string[]
  /** The bundle whose programs the test starts. Without it, they are bundled from the sources as they are. */
  bundle: string | undefined
}

export interface Answer {
  test: string
  /** What failed; empty if the file is green. */
  problem: string
}

const vitest = await createVitest('test', {
  watch: false,
  bail: 1,
  maxWorkers: 1,
  testTimeout: 120_000,
  reporters: [{}],
})
/** All sources that have ever been changed, and what was in them. Vitest keeps what it has read of them. */
const touched = new Map<string, string>()
const all = await vitest.globTestSpecifications()
const root = process.argv[2] as string
const { bundlePrograms, provideBundle }: typeof import('../../testing/bundledPrograms.ts') = await import(
  join(root, 'testing/bundledPrograms.ts')
)
/** The bundle of the sources as they are. */
let current: string | undefined

process.on('message', async ({ test, changed, bundle }: Order) => {
  for (const file of changed) touched.set(file, touched.get(file) ?? '')
  for (const [file, before] of touched) {
    const source = readFileSync(file, 'utf8')
    if (source === before) continue
    touched.set(file, source)
    vitest.invalidateFile(file)
    current = undefined
  }
  if (!process.env.TABLE_UNBUNDLED) {
    if (bundle === undefined) current ??= await bundlePrograms()
    provideBundle(bundle ?? (current as string), vitest.projects)
  }
  process.send?.({ test, problem: await run(test) } satisfies Answer)
})
process.on('disconnect', () => process.exit())
process.send?.('ready')

/** Runs a test file. Returns what failed. */
async function run(test: string): Promise<string> {
  const specifications = all.filter(({ moduleId }) => moduleId === test)
  const { testModules, unhandledErrors } = await vitest.runTestSpecifications(specifications)
  // The other modules come from earlier runs, which Vitest remembers.
  const modules = testModules.filter(({ moduleId }) => moduleId === test)
  if (modules.length === 0) return 'Vitest does not know it'
  const problems = unhandledErrors.map(error => `outside of tests: ${(error as Error).message}`)
  for (const module of modules) {
    if (!module.ok()) problems.push('it has red tests, or none')
    for (const { message } of module.errors()) problems.push(message)
    for (const failed of module.children.allTests('failed'))
      problems.push(`${failed.fullName}: ${failed.result().errors?.map(({ message }) => message)}`)
  }
  return problems.join('\n')
}
