import { markdownTable } from '../markdown.ts'
import { describe } from './describe.ts'
import { equivalents } from './equivalent.ts'
import type { Mutant } from './judge.ts'

export interface Verdict {
  mutant: Mutant
  killed: boolean
  /** Whether any test runs the changed code. */
  reached: boolean
}

/** Returns a line such as `file:line: before → after`. */
export function line({ file, source, ...change }: Mutant): string {
  const { line, before, after } = describe(source, change)
  return `${file}:${line}: ${before} → ${after}`
}

export function isEquivalent({ file, source, ...change }: Mutant): boolean {
  const { before, after } = describe(source, change)
  return equivalents.some(known => known.file === file && known.before === before && known.after === after)
}

/** Returns the percentage of the verdicts that are killed. */
export function score(verdicts: Verdict[]): number {
  return (killedOf(verdicts) / verdicts.length) * 100
}

function killedOf(verdicts: Verdict[]): number {
  return verdicts.filter(({ killed }) => killed).length
}

/**
 * Returns the ends of the interval that holds the score of all mutants with a probability of 95 %, by Wilson,
 * in percent.
 */
export function interval(killed: number, all: number): [low: number, high: number] {
  const z = 1.96
  const share = killed / all
  const middle = share + z ** 2 / (2 * all)
  const radius = z * Math.sqrt((share * (1 - share)) / all + z ** 2 / (4 * all ** 2))
  const ends = [middle - radius, middle + radius].map(end => (100 * end) / (1 + z ** 2 / all))
  return ends as [number, number]
}

/** Returns a table with a line for each file, and all survivors. */
export function report(verdicts: Verdict[]): string {
  const byFile = Map.groupBy(verdicts, ({ mutant }) => mutant.file)
  const lines = [...byFile].sort().map(([file, found]) => scoreLine(file, found))
  const survivors = verdicts
    .filter(({ killed }) => !killed)
    .map(({ mutant, reached }) => line(mutant) + (reached ? '' : ' (no test runs it)'))
  const [low, high] = interval(killedOf(verdicts), verdicts.length)
  return [
    markdownTable(['', 'mutants', 'killed', 'score, %'], [...lines, scoreLine('all', verdicts)]),
    `\n95 % confidence: ${low.toFixed(1)} to ${high.toFixed(1)} %`,
    ...(survivors.length > 0 ? ['\nSurvivors:\n', ...survivors.sort()] : []),
  ].join('\n')
}

function scoreLine(name: string, verdicts: Verdict[]): string[] {
  return [name, String(verdicts.length), String(killedOf(verdicts)), score(verdicts).toFixed(1)]
}
