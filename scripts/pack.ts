// Writes the npm packages that people install: dist/table-cli-<version>.tgz and dist/table-server-<version>.tgz.
// Our sources and the packages they use are bundled. A package that cannot be bundled becomes a dependency.
import { execFileSync } from 'node:child_process'
import {
  copyFileSync,
  cpSync,
  globSync,
  mkdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs'
import { isBuiltin } from 'node:module'
import { join } from 'node:path'
import type { OutputChunk } from 'rolldown'
import { bundle } from './bundle.ts'

interface Package {
  /** The name of the package and of its command. */
  name: string
  description: string
  /** Where the sources and their package.json are. */
  project: string
  /** The modules that a process or a thread begins with, from `project`. The one with the package's name is the command. */
  entries: Record<string, string>
  /** The oldest Node that it runs on. */
  node: string
  /** Files and folders that come along, by their place in the package. */
  extras?: Record<string, string>
  /** The packages that are bundled in the extras. */
  bundled?: string[]
}

interface Manifest {
  version: string
  license: string
  dependencies?: Record<string, string>
  optionalDependencies?: Record<string, string>
}

const packages: Package[] = [
  {
    name: 'table-cli',
    description: 'Uploads CSV pieces of one growing table and sums its columns',
    project: 'apps/cli',
    entries: { 'table-cli': 'table-cli.js' },
    node: '20.15.0',
  },
  {
    name: 'table-server',
    description: 'A gRPC server for one growing table: many clients upload CSV and ask for exact sums',
    project: 'apps/server',
    entries: {
      'table-server': 'src/command.ts',
      worker: 'src/workers/worker.ts',
      clusterWorker: 'src/workers/clusterWorker.ts',
      child: 'src/query/child.ts',
      listingThread: '../../libs/storage/src/directory/listingThread.ts',
    },
    node: '22.15.0',
    extras: { page: 'apps/console/dist', 'lib/openapi.json': 'apps/server/src/http/openapi.json' },
    bundled: ['preact', 'uplot', 'csv-parse'],
  },
]

const MOST_BYTES = 3 * 1024 * 1024

const root = join(import.meta.dirname, '..')
const dist = join(root, 'dist')

rmSync(dist, { recursive: true, force: true })
for (const wanted of packages) {
  const tarball = await pack(wanted)
  console.log(`${tarball}: ${Math.ceil(statSync(tarball).size / 1024)} KiB`)
  if (statSync(tarball).size > MOST_BYTES) throw new Error(`${tarball} has more than 3 MiB`)
}

/** Makes the package in `dist/<name>` and packs it. Returns the path of the tarball. */
async function pack(wanted: Package): Promise<string> {
  const { name, project, entries, node } = wanted
  const folder = join(dist, name)
  const manifest: Manifest = JSON.parse(readFileSync(join(root, project, 'package.json'), 'utf8'))
  const external = Object.keys(manifest.optionalDependencies ?? {})
  const paths = Object.fromEntries(
    Object.entries(entries).map(([entry, path]) => [entry, join(project, path)]),
  )
  const minify = { compress: true, mangle: false }
  const chunks = await bundle({ entries: paths, external, node, dir: join(folder, 'lib') }, { minify })

  // The kernels look for the file at this place beside their module's folder.
  mkdirSync(join(folder, 'build'))
  copyFileSync(join(root, 'libs/kernels/build/kernels.wasm'), join(folder, 'build/kernels.wasm'))
  for (const [place, path] of Object.entries(wanted.extras ?? {}))
    cpSync(join(root, path), join(folder, place), { recursive: true })
  for (const file of ['LICENSE', 'README.md']) copyFileSync(join(root, file), join(folder, file))
  writeFileSync(join(folder, 'THIRD-PARTY.txt'), licencesOf(chunks, wanted.bundled))
  writeFileSync(
    join(folder, 'package.json'),
    JSON.stringify(packedManifest(wanted, manifest, chunks), null, 2),
  )

  execFileSync('npm', ['pack', '--silent', '--pack-destination', dist], { cwd: folder })
  return join(dist, `${name}-${manifest.version}.tgz`)
}

function packedManifest(
  { name, description, node, extras = {} }: Package,
  { version, license, dependencies = {}, optionalDependencies = {} }: Manifest,
  chunks: OutputChunk[],
): object {
  const imported = new Set(chunks.flatMap(({ imports, dynamicImports }) => [...imports, ...dynamicImports]))
  const required = [...imported].filter(
    id => !isBuiltin(id) && !chunks.some(({ fileName }) => fileName === id) && !(id in optionalDependencies),
  )
  const versions = required.map(id => {
    if (!dependencies[id]) throw new Error(`${name} imports ${id}, which its package.json does not declare`)
    return [id, dependencies[id]]
  })
  return {
    name,
    version,
    description,
    license,
    type: 'module',
    bin: { [name]: `lib/${name}.js` },
    engines: { node: `>=${node}` },
    files: [...new Set(['lib', 'build', ...Object.keys(extras)]), 'THIRD-PARTY.txt'],
    dependencies: Object.fromEntries(versions),
    optionalDependencies,
  }
}

/** Returns the licences of the packages that are in the bundle. */
function licencesOf(chunks: OutputChunk[], bundled: readonly string[] = []): string {
  const folders = new Set([
    ...bundled.map(name => join(root, 'node_modules', name)),
    ...chunks.flatMap(({ moduleIds }) =>
      moduleIds.flatMap(id => id.match(/^.*node_modules\/(?:@[^/]+\/)?[^/]+/)?.[0] ?? []),
    ),
  ])
  return [...folders]
    .sort()
    .map(folder => {
      const { name, version, license } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'))
      const [file] = globSync('{LICEN[SC]E,licen[sc]e}*', { cwd: folder })
      const text = file === undefined ? '' : readFileSync(join(folder, file), 'utf8')
      return `${name} ${version}, ${license}\n\n${text}`
    })
    .join(`\n${'-'.repeat(80)}\n\n`)
}
