// Adds up the reports of the Vitest runs and the results NAME=passed, NAME=failed or NAME=undone that are
// given as arguments. Standard output gets one line, the total. Tests that did not run, were skipped or are
// marked as todo count as failed; stderr repeats which tests failed and why, where the end of a long log
// shows it.
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

/** The projects that have tests. */
function projects() {
  const groups = ['apps', 'libs'].flatMap(group =>
    readdirSync(join(root, group)).map(name => `${group}/${name}`),
  )
  return [...groups, 'e2e', 'bench'].filter(project => {
    const manifest = join(root, project, 'package.json')
    return existsSync(manifest) && JSON.parse(readFileSync(manifest, 'utf8')).scripts?.test
  })
}

/** Counts the tests that a run reports, by project. */
function countRun(run, path, tested) {
  if (!existsSync(path)) {
    count(`${run}, which did not run to its end`, 0, 1)
    return
  }
  const { testResults, success } = JSON.parse(readFileSync(path, 'utf8'))
  const failedBefore = failed
  for (const project of tested) {
    let [more, fewer] = [0, 0]
    for (const { name, status, message, assertionResults } of testResults) {
      if (!name.startsWith(join(root, project, '/'))) continue
      const red = assertionResults.filter(test => test.status !== 'passed')
      if (message) console.error(`\n${name}: ${message}`)
      for (const { fullName, status, failureMessages } of red)
        console.error(`\n${name}: ${fullName}: ${[status, ...failureMessages].join('\n')}`)
      more += assertionResults.length - red.length
      // A file that cannot be loaded has no failed test.
      fewer += red.length > 0 ? red.length : Number(status !== 'passed')
    }
    count(`${project} ${run}`, more, more + fewer === 0 ? 1 : fewer)
  }
  // An error outside a test fails the run without failing a test.
  if (!success && failed === failedBefore) count(`${run}: an error outside the tests`, 0, 1)
}

countRun('test', join(root, 'node_modules/.vitest/test.json'), projects())
countRun('cluster', join(root, 'node_modules/.vitest/cluster.json'), ['libs/cluster', 'e2e'])
for (const run of ['image', 'page', 'prometheus', 'packages'])
  countRun(run, join(root, `e2e/node_modules/.vitest/${run}.json`), ['e2e'])
for (const result of process.argv.slice(2)) {
  const [name, outcome] = result.split('=')
  if (outcome === 'undone') console.error(`${name}: NOT DONE: there was nobody to ask`)
  else count(name, outcome === 'passed' ? 1 : 0, outcome === 'passed' ? 0 : 1)
}
console.log(`${passed} passed, ${failed} failed`)
process.exitCode = failed === 0 ? 0 : 1
