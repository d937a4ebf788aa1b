// Makes one small change at a time to our sources, and checks whether the tests notice. Prints the score on
// stdout and progress on stderr.
import { cpus, totalmem } from 'node:os'
import { coverage } from './coverage.ts'
import { readFlags } from './flags.ts'
import { Bench, type Mutant, mutantsOf, testsFor } from './judge.ts'
import { isEquivalent, line, report, score, type Verdict } from './report.ts'
import { sample } from './sample.ts'

/** For one in this many mutants the tests also run without the change: a test that fails then fails by chance. */
const CONTROL = 25
/** The expected score, in percent. */
const EXPECTED = 85

process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

const flags = readFlags()
const mutants = flags.projects
  .flatMap(project => mutantsOf(project, flags.files))
  .filter(mutant => !isEquivalent(mutant))
const chosen = sample(mutants, flags.sample, flags.seed)
if (flags.list) {
  for (const mutant of mutants) console.log(line(mutant))
  process.exit()
}

const log = (text: string) => console.error(`mutate: ${text}`)
const projects = [...new Set(chosen.map(({ project }) => project))]
const covered = new Map<string, Awaited<ReturnType<typeof coverage>>>()
for (const project of projects) covered.set(project, await coverage(project, flags.jobs, log))

const verdicts: Verdict[] = []
let controls = 0
let redControls = 0
const waiting = [...chosen]
await Promise.all(Array.from({ length: flags.jobs }, work))

console.log(`${new Date().toISOString().slice(0, 16)}Z, npm run mutate -- ${process.argv.slice(2).join(' ')}`)
console.log(
  `${cpus().length} cores, ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory; ` +
    `${chosen.length} of ${mutants.length} mutants; ${redControls} of ${controls} runs without a change were red\n`,
)
console.log(report(verdicts))
process.exit(score(verdicts) < EXPECTED ? 1 : 0)

async function work(): Promise<void> {
  const bench = new Bench()
  for (let mutant = waiting.shift(); mutant; mutant = waiting.shift()) await judge(bench, mutant)
  bench.close()
}

async function judge(bench: Bench, mutant: Mutant): Promise<void> {
  const tests = testsFor(mutant, covered.get(mutant.project) ?? [])
  const killer = await bench.killer(mutant, tests)
  verdicts.push({ mutant, killed: killer !== undefined, reached: tests.length > 0 })
  log(
    `${verdicts.length} of ${chosen.length}, ${killer === undefined ? 'SURVIVED' : 'killed'}: ${line(mutant)}`,
  )
  if (killer !== undefined) log(`  by ${killer.slice(0, 200)}`)
  if (verdicts.length % CONTROL !== 0) return
  controls++
  const red = await bench.killer(mutant, tests, false)
  if (red === undefined) return
  redControls++
  log(`red without a change: ${red}`)
}
