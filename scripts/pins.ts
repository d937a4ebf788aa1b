// Fails on whatever may be another version tomorrow: a range in a package.json, a package of the lockfile
// without a checksum or with an address of its own, a Python requirement or base image that is not one exact
// version.
import { globSync, readFileSync } from 'node:fs'
import { join } from 'node:path'

interface Locked {
  version?: string
  resolved?: string
  integrity?: string
  /** One of our workspaces; `resolved` is then its folder. */
  link?: boolean
}

/** What has no exact version as npm and pip packages have; `SECURITY.md` says why. */
const EXCEPTIONS = ['debian:bookworm-slim']

/** Built from this repository. */
const OUR_IMAGES = ['table', 'table-sail', 'table-s3proxy']

/** The bindings of DuckDB count their own releases behind its version. */
const EXACT = /^\d+\.\d+\.\d+(-r\.\d+)?$/

const root = join(import.meta.dirname, '..')
const read = (path: string) => readFileSync(join(root, path), 'utf8')

const manifests = globSync(['package.json', '{apps,libs}/*/package.json', '{bench,e2e}/package.json'], {
  cwd: root,
})
const loose = [
  ...manifests.flatMap(looseDependencies),
  ...looseLocks(),
  ...globSync('{e2e,scripts/cluster}/requirements-*.txt', { cwd: root }).flatMap(looseRequirements),
  ...looseImages(),
]
for (const what of loose) console.error(what)
if (loose.length > 0) process.exit(1)

function looseDependencies(manifest: string): string[] {
  const kinds = ['dependencies', 'devDependencies', 'optionalDependencies', 'peerDependencies', 'overrides']
  const declared = JSON.parse(read(manifest))
  return kinds
    .flatMap(kind => Object.entries<string>(declared[kind] ?? {}))
    .filter(([, version]) => !EXACT.test(version))
    .map(([name, version]) => `${manifest}: found ${name} ${version}, expected one version`)
}

function looseLocks(): string[] {
  const { packages }: { packages: Record<string, Locked> } = JSON.parse(read('package-lock.json'))
  return Object.entries(packages)
    .filter(([path, { link }]) => path.includes('node_modules/') && !link)
    .flatMap(([path, { resolved, integrity }]) => [
      ...(resolved === undefined
        ? []
        : [`package-lock.json: ${path} has the address ${resolved}, expected none`]),
      ...(integrity === undefined
        ? [`package-lock.json: ${path} has no checksum: expected its "integrity"`]
        : []),
    ])
}

function looseRequirements(path: string): string[] {
  return read(path)
    .split('\n')
    .filter(line => line !== '' && !/^[\w-]+==\d+(\.\d+)+$/.test(line))
    .map(line => `${path}: found ${line}, expected NAME==VERSION`)
}

/** Our images must have the Node that everything else runs on, and the cluster's other images one version each. */
function looseImages(): string[] {
  const node = `node:${JSON.parse(read('package.json')).devDependencies.node}-bookworm-slim`
  const used = (path: string, mention: RegExp) =>
    [...read(path).matchAll(mention)].map(([, image = '']) => ({ path, image }))
  const bases = globSync('{.,deploy/*}/Dockerfile', { cwd: root }).flatMap(path =>
    used(path, /^FROM (\S+)/gm),
  )
  const others = used('compose.cluster.yaml', /^ *image: (\S+)/gm)
  return [
    ...bases
      .filter(({ image }) => ![node, ...EXCEPTIONS].includes(image))
      .map(({ path, image }) => `${path}: found FROM ${image}, expected ${node} or ${EXCEPTIONS}`),
    ...others
      .filter(({ image }) => !OUR_IMAGES.includes(image) && !/:\d+\.\d+/.test(image))
      .map(({ path, image }) => `${path}: found the image ${image}, expected NAME:VERSION`),
  ]
}
