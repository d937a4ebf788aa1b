import { availableParallelism } from 'node:os'
import { fileURLToPath } from 'node:url'
import type { ViteUserConfig } from 'vitest/config'
import { form, isLong } from './form.ts'

type Options = NonNullable<ViteUserConfig['test']>

/** No test depends on the machine's speed: a timeout only ends what hangs. */
const timeout = isLong ? 3_600_000 : 600_000

const here = (name: string) => fileURLToPath(new URL(name, import.meta.url))

/** The setup of a run that starts our programs. */
export const bundledPrograms = here('bundledPrograms.ts')

/** The options that the configurations of all projects share. */
export const shared = {
  // One worker more than cores, because many tests wait for a process that they have started. Vitest takes
  // this option from the projects alone.
  maxWorkers: availableParallelism() + 1,
  testTimeout: timeout,
  hookTimeout: timeout,
  teardownTimeout: 60_000,
  globalSetup: [bundledPrograms, here('temporaryFiles.ts')],
  setupFiles: here('keepCompiled.ts'),
  // A server process of the tests has two workers unless a test asks for more: each worker costs a third of a second of CPU time.
  // Without a line for each call, what a server says on stderr is what a test looks for.
  env: { TABLE_WORKERS: '2', TABLE_LOG_LEVEL: 'warn' },
  expect: { poll: { timeout: 60_000 } },
} satisfies Options

/**
 * The options for the output. They belong to a run, not to a project, so the root's configuration has them as
 * well as each project's.
 */
export const output = {
  // By default Vitest sometimes prints only failures.
  reporters: ['default'],
  // Print a line per file: no test that takes less than this many ms gets a line of its own.
  slowTestThreshold: 60_000,
  // Print the figures of passing tests only in the longer forms, where somebody waits for them.
  silent: form === 'short' && !isLong ? 'passed-only' : false,
  // By default Vitest ends each run with advice on how to make it faster.
  experimental: { diagnostics: { environment: false, import: false, transform: false, isolate: false } },
} satisfies Options
