// Makes one small change at a time to our sources, and checks whether the tests notice. Prints the score on
// stdout and progress on stderr.
import { cpus, totalmem } from 'node:os'
import { coverage } from './coverage.ts'
import { readFlags } from './flags.ts'
import { Bench, type Mutant, mutantsOf, testsFor } from './judge.ts'
import { isEquivalent, line, report, score, type Verdict } from './report.ts'
import { sample } from './sample.ts'

/** The expected score, in percent. */
const EXPECTED = 85

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

const flags = readFlags()
const mutants = flags.projects
  .flatMap(project => mutantsOf(project, flags.files))
  .filter(mutant => !isEquivalent(mutant))
const chosen = sample(mutants, flags.sample, flags.seed)
if (flags.list) await end(mutants.map(line).join('\n'), 0)

const log = (text: string) => console.error(`mutate: ${text}`)
const projects = [...new Set(chosen.map(({ project }) => project))]
const covered = new Map<string, Awaited<ReturnType<typeof coverage>>>()
for (const project of projects) covered.set(project, await coverage(project, flags.jobs, log))

const verdicts: Verdict[] = []
const controls = { all: 0, red: 0 }
for (const project of projects) {
  const mutants = chosen.filter(mutant => mutant.project === project)
  await Promise.all(Array.from({ length: flags.jobs }, (_, job) => judge(project, share(mutants, job))))
}

console.log(`${new Date().toISOString().slice(0, 16)}Z, npm run mutate -- ${process.argv.slice(2).join(' ')}`)
console.log(
  `${cpus().length} cores, ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory; ` +
    `${chosen.length} of ${mutants.length} mutants; ${controls.red} of ${controls.all} runs without a change were red\n`,
)
await end(report(verdicts), score(verdicts) < EXPECTED ? 1 : 0)

/** Prints, and ends: not before all is written, because a pipe takes a long text in parts. */
function end(text: string, code: number): Promise<never> {
  return new Promise(() => process.stdout.write(`${text}\n`, () => process.exit(code)))
}

function share(mutants: Mutant[], job: number): Mutant[] {
  return mutants.filter((_, number) => number % flags.jobs === job)
}

async function judge(project: string, mutants: Mutant[]): Promise<void> {
  const tests = covered.get(project) ?? []
  const bench = new Bench(project, tests)
  const survivors = new Set(mutants)
  for await (const { mutant, test, problem } of bench.kills(mutants)) {
    survivors.delete(mutant)
    verdicts.push({ mutant, killed: true, reached: true })
    log(`${verdicts.length} of ${chosen.length}, killed: ${line(mutant)}`)
    log(`  by ${test}: ${problem.split('\n').at(-1)?.slice(0, 200)}`)
  }
  bench.close()
  for (const mutant of survivors)
    verdicts.push({ mutant, killed: false, reached: testsFor(mutant, tests).length > 0 })
  controls.all += bench.controls.all
  controls.red += bench.controls.red
}
