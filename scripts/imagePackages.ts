// Lists the image's npm packages from the lockfile in docs/image-packages.md. `--check` changes nothing and
// fails if the committed file differs. e2e/test/image/packages.test.ts compares the list with the image.
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

interface Locked {
  version: string
  license?: string
  resolved?: string
  link?: boolean
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
  os?: string[]
  cpu?: string[]
  libc?: string[]
}

const root = join(import.meta.dirname, '..')
const path = join(root, 'docs/image-packages.md')
const { packages }: { packages: Record<string, Locked> } = JSON.parse(
  readFileSync(join(root, 'package-lock.json'), 'utf8'),
)

const found = new Map<string, Locked>()
for (const project of ['apps/server', 'apps/cli']) collect(project)
const lines = [...found]
  .filter(([place]) => place.startsWith('node_modules/'))
  .map(([place, { version, license }]) => [
    place.replace(/.*node_modules\//, ''),
    version,
    license ?? 'unknown',
  ])
  .sort(([a = ''], [b = '']) => (a < b ? -1 : 1))
const text = `# Packages of the image

Made by \`node scripts/imagePackages.ts\` from \`package-lock.json\`. What the base image brings depends on the day it was built:

    docker run --rm p3 dpkg-query --show    # Debian's packages
    docker run --rm p3 node --version       # of the image that the Dockerfile names

${table([['npm package', 'version', 'license'], ...lines])}`

if (process.argv[2] !== '--check') writeFileSync(path, text)
else if (readFileSync(path, 'utf8') !== text) {
  console.error('docs/image-packages.md is not what the lockfile has: run node scripts/imagePackages.ts')
  process.exitCode = 1
}

/** Formats an aligned table, as Biome wants it. The first row is the header. */
function table(rows: string[][]): string {
  const widths = [0, 1, 2].map(column => Math.max(...rows.map(row => row[column]?.length ?? 0)))
  const [header = '', ...others] = rows.map(
    row => `| ${row.map((cell, column) => cell.padEnd(widths[column] ?? 0)).join(' | ')} |\n`,
  )
  return `${header}| ${widths.map(width => '-'.repeat(width)).join(' | ')} |\n${others.join('')}`
}

/** Collects the package at `place` and everything it needs. Of optional packages the Dockerfile keeps those of DuckDB and OpenTelemetry. */
function collect(place: string): void {
  const locked = packages[place]
  if (!locked || found.has(place) || !isForImage(locked)) return
  found.set(place, locked)
  for (const name of Object.keys(locked.dependencies ?? {})) collect(placeOf(name, place))
  for (const name of Object.keys(locked.optionalDependencies ?? {}))
    if (/^@(duckdb|opentelemetry)\//.test(name)) collect(placeOf(name, place))
}

/** Returns whether a package is for Linux on x64 with glibc. */
function isForImage({ os, cpu, libc }: Locked): boolean {
  const allows = (names: string[] | undefined, name: string) => !names || names.includes(name)
  return allows(os, 'linux') && allows(cpu, 'x64') && allows(libc, 'glibc')
}

/** Returns where Node finds the package `name` from `place`: in the nearest node_modules above. */
function placeOf(name: string, place: string): string {
  for (let folder = place; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('/')))) {
    const nearest = packages[join(folder, 'node_modules', name)]
    if (nearest) return nearest.link ? (nearest.resolved as string) : join(folder, 'node_modules', name)
    if (folder === '') throw new Error(`package-lock.json has no ${name} for ${place}`)
  }
}
