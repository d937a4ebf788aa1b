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
  return (verdicts.filter(({ killed }) => killed).length / verdicts.length) * 100
}

/** Returns a table with a line for each file, and all survivors. */
export function report(verdicts: Verdict[]): string {
  const byFile = Map.groupBy(verdicts, ({ mutant }) => mutant.file)
  const lines = [...byFile].sort().map(([file, found]) => scoreLine(file, found))
  const survivors = verdicts
    .filter(({ killed }) => !killed)
    .map(({ mutant, reached }) => line(mutant) + (reached ? '' : ' (no test runs it)'))
  return [
    markdownTable(['', 'mutants', 'killed', 'score, %'], [...lines, scoreLine('all', verdicts)]),
    ...(survivors.length > 0 ? ['\nSurvivors:\n', ...survivors.sort()] : []),
  ].join('\n')
}

function scoreLine(name: string, verdicts: Verdict[]): string[] {
  const killed = verdicts.filter(({ killed }) => killed).length
  return [name, String(verdicts.length), String(killed), score(verdicts).toFixed(1)]
}
