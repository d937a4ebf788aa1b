// Adds up the reports of all Vitest runs and the results NAME=passed, NAME=failed or NAME=undone that are given as
// arguments. The one line on standard output is the total. Tests that did not run, were skipped or are still to do have failed:
// which, and why, is said again here, where the end of a long log shows it.
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')
let passed = 0
let failed = 0

function count(name, more, fewer) {
  passed += more
  failed += fewer
  console.error(`${name}: ${more} passed, ${fewer} failed`)
}

function expectedReports() {
  const groups = ['apps', 'libs'].flatMap(group =>
    readdirSync(join(root, group)).map(name => `${group}/${name}`),
  )
  const tested = [...groups, 'e2e', 'bench'].filter(project => {
    const manifest = join(root, project, 'package.json')
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.test
  })
  return [...tested.map(project => [project, 'test']), ['e2e', 'image']]
}

for (const [project, run] of expectedReports()) {
  const path = join(root, project, `node_modules/.vitest/${run}.json`)
  if (!existsSync(path)) {
    count(`${project} ${run}, which did not run to its end`, 0, 1)
    continue
  }
  const report = JSON.parse(readFileSync(path, 'utf8'))
  const notPassed = report.numTotalTests - report.numPassedTests
  for (const { name, message, assertionResults } of report.testResults) {
    if (message) console.error(`\n${name}: ${message}`)
    for (const { fullName, status, failureMessages } of assertionResults)
      if (status !== 'passed')
        console.error(`\n${name}: ${fullName}: ${[status, ...failureMessages].join('\n')}`)
  }
  // A file that cannot be loaded, or an error outside a test, fails the run without failing a test.
  count(
    `${project} ${run}`,
    report.numPassedTests,
    notPassed || (report.success && report.numTotalTests > 0 ? 0 : 1),
  )
}
for (const result of process.argv.slice(2)) {
  const [name, outcome] = result.split('=')
  if (outcome === 'undone') console.error(`${name}: NOT DONE: there was nobody to ask`)
  else count(name, outcome === 'passed' ? 1 : 0, outcome === 'passed' ? 0 : 1)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
