import { availableParallelism } from 'node:os'
import type { ViteUserConfig } from 'vitest/config'
import { form, isLong } from './form.ts'

type Options = NonNullable<ViteUserConfig['test']>

/** No test depends on the machine's speed: a timeout only ends what hangs. */
const timeout = isLong ? 3_600_000 : 600_000

/** What all of the projects' configurations share. */
export const shared = {
  // One more than cores: many tests wait for a process that they have started. Vitest takes this from the projects alone.
  maxWorkers: availableParallelism() + 1,
  testTimeout: timeout,
  hookTimeout: timeout,
  teardownTimeout: 60_000,
  expect: { poll: { timeout: 60_000 } },
} satisfies Options

/** What a run says. These options belong to a run, not to a project, so the root's configuration has them, and each project's too. */
export const output = {
  // By default Vitest prints only failures when an AI agent runs it.
  reporters: ['default'],
  // A line per file: under this many milliseconds no test gets a line of its own.
  slowTestThreshold: 60_000,
  // The figures that passing tests print are of interest where somebody waits for more than the short form.
  silent: form === 'short' && !isLong ? 'passed-only' : false,
  // Vitest would end each run with advice on how to make it faster.
  experimental: { diagnostics: { environment: false, import: false, transform: false, isolate: false } },
} satisfies Options
