// Asks the registry for known vulnerabilities of the packages in the lockfile, including development
// packages. Fails on a high or critical one that SECURITY.md does not except by its GHSA number, and on an
// exception that is no longer needed. The exit code is 3 if the registry does not answer such questions, as
// many mirrors do not; then nothing is known.
import { spawnSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'

/** The report of `npm audit --json`. */
interface Report {
  vulnerabilities?: Record<string, { via: (Advisory | string)[] }>
}
interface Advisory {
  name: string
  title: string
  url: string
  severity: string
  range: string
}

const NUMBER = /GHSA(-[0-9a-z]{4}){3}/g

const root = join(import.meta.dirname, '..')
const { stdout, stderr } = spawnSync('npm', ['audit', '--json'], { cwd: root, encoding: 'utf8' })
const advisories = advisoriesOf(stdout)
if (!advisories) {
  console.error(`audit: the registry does not say what is known against packages:\n${stderr}`)
  process.exit(3)
}
const excepted: string[] = readFileSync(join(root, 'SECURITY.md'), 'utf8').match(NUMBER) ?? []
const known = new Set(advisories.map(({ url }) => url.match(NUMBER)?.[0] ?? url))
const grave = advisories.filter(
  ({ severity, url }) =>
    ['high', 'critical'].includes(severity) && !excepted.some(number => url.includes(number)),
)
const needless = excepted.filter(number => !known.has(number))
for (const { name, range, severity, title, url } of grave)
  console.error(`audit: ${name} ${range}: ${severity}: ${title} (${url})`)
for (const number of needless) console.error(`audit: SECURITY.md excepts ${number}, which nothing has`)
console.error(`audit: ${known.size} advisories, of which ${grave.length} high or critical and not excepted`)
process.exit(grave.length + needless.length > 0 ? 1 : 0)

/** Returns undefined if npm has no report. */
function advisoriesOf(json: string): Advisory[] | undefined {
  try {
    const { vulnerabilities }: Report = JSON.parse(json)
    return (
      vulnerabilities &&
      Object.values(vulnerabilities).flatMap(({ via }) => via.filter(reason => typeof reason !== 'string'))
    )
  } catch {
    return undefined
  }
}
