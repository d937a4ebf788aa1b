// The form of a test run decides how often the tests repeat what is random. TABLE_TESTS chooses the form for
// all tests at once. Every form runs every test; only the number of repetitions differs. The variables of
// `repetitions` each set one number alone.
import { randomInt } from 'node:crypto'

const forms = ['short', 'middle', 'long'] as const
export type Form = (typeof forms)[number]

/** `npm test` runs the short form, `.ci/run` the middle form. */
export const form = formOf(process.env.TABLE_TESTS ?? 'short')

/** How often, and for how many seconds, the expensive tests repeat something. */
const repetitions = {
  /** Kills of a server: `apps/server/test/crash.test.ts`. */
  TABLE_KILLS: { short: 3, middle: 16, long: 250 },
  /** Power cuts: `apps/server/test/powerCut.test.ts`. */
  TABLE_POWER_CUTS: { short: 3, middle: 12, long: 100 },
  /** Runs of a server on a disk that fails 10 % of the calls: `apps/server/test/sqliteFaults.test.ts`. */
  TABLE_FAULT_CYCLES: { short: 2, middle: 6, long: 200 },
  /** Seconds of malformed HTTP/2: `apps/server/test/grpc/fuzz.test.ts`. */
  TABLE_FUZZ_SECONDS: { short: 2, middle: 4, long: 300 },
  /** Uploads that are deleted under load: `apps/server/test/grpc/deleteUpload.test.ts`. */
  TABLE_DELETIONS: { short: 200, middle: 1000, long: 1000 },
  /** Flipped bits of the catalogue: `libs/storage/test/maintenance/flips.test.ts`. */
  TABLE_FLIPS: { short: 30, middle: 150, long: 5000 },
  /** Uploads while the server is killed: `e2e/test/restarts.test.ts`. */
  TABLE_BATCHES: { short: 8, middle: 12, long: 100 },
  /** Seconds of mixed load: `e2e/test/soak.test.ts`. */
  TABLE_SOAK_SECONDS: { short: 6, middle: 10, long: 300 },
  /** Seconds of sums that name their uploads: `e2e/test/history.test.ts`. */
  TABLE_HISTORY_SECONDS: { short: 7, middle: 12, long: 300 },
  /** Megabytes of a file that goes up through the page: `e2e/test/page/large.test.ts`. */
  TABLE_PAGE_MEGABYTES: { short: 64, middle: 200, long: 2048 },
  /** Seconds of sums that name their uploads in a cluster whose parts are killed and cut off: `e2e/test/cluster/history.test.ts`. */
  TABLE_CLUSTER_SECONDS: { short: 20, middle: 40, long: 300 },
  /** The most random cases of one property, for every property test. */
  TABLE_CASES: { short: 300, middle: 1000, long: Number.MAX_SAFE_INTEGER },
} satisfies Record<string, Record<Form, number>>

type Variable = keyof typeof repetitions

export function repeat(variable: Variable): number {
  const text = process.env[variable]
  if (text === undefined) return repetitions[variable][form]
  if (!/^[1-9]\d*$/.test(text))
    throw new Error(`${variable}: found ${JSON.stringify(text)}, expected a whole number from 1`)
  return Number(text)
}

/**
 * Returns which cases a test tries that tries each of many: every `step`th from `from` on. The short and the middle form take the steps
 * that are given, the middle form by default half of the other step. Both begin at another case in each run; the long form tries all
 * cases.
 */
export function stride(short: number, middle = Math.ceil(short / 2)): { from: number; step: number } {
  const step = { short, middle, long: 1 }[form]
  return { from: randomInt(step), step }
}

/** Returns how many random cases a property test tries: at most `long`, which is the number in the long form. */
export function randomCases(long: number): number {
  return Math.min(long, repeat('TABLE_CASES'))
}

/** Whether somebody asked for more than `npm test` and `.ci/run` do, so that a single test may take an hour. */
export const isLong =
  form === 'long' || Object.keys(repetitions).some(variable => process.env[variable] !== undefined)

function formOf(text: string): Form {
  const found = forms.find(known => known === text)
  if (found) return found
  throw new Error(`TABLE_TESTS: found ${JSON.stringify(text)}, expected ${forms.join(', ')}`)
}
