// Bundles our sources and the packages they use into plain JavaScript with Rolldown, the bundler that Vitest brings along.
import { join } from 'node:path'
import { type OutputChunk, type OutputOptions, type Plugin, rolldown } from 'rolldown'

interface Bundle {
  /** The modules that a process or a thread begins with: their names in the bundle and their paths from the root. */
  entries: Record<string, string>
  /** The packages that stay packages. */
  external: readonly string[]
  /** The oldest Node that the bundle runs on. */
  node: string
  dir: string
}

/** Piscina starts its threads with a file of its own. */
const UNBUNDLED = ['piscina']

const root = join(import.meta.dirname, '..')

/** Rolldown bundles what is required with a plain `require`, but not with the one that `createRequire` makes. */
const plainRequire: Plugin = {
  name: 'plain-require',
  transform(code, id) {
    if (!id.startsWith(join(root, 'libs'))) return undefined
    return code.replace(/^const require = createRequire\(import\.meta\.url\)$/m, '')
  },
}

/** grpc-js requires this package for two services that we do not use; it is larger than all else together. */
const withoutProtoLoader: Plugin = {
  name: 'without-proto-loader',
  resolveId: source => (source === '@grpc/proto-loader' ? '\0proto-loader' : undefined),
  load: id => (id === '\0proto-loader' ? 'export {}' : undefined),
}

/** Writes a bundle as ES modules. The kernels look for `kernels.wasm` in the folder `build` beside `dir`. */
export async function bundle(
  { entries, external, node, dir }: Bundle,
  options: OutputOptions = {},
): Promise<OutputChunk[]> {
  const build = await rolldown({
    input: Object.fromEntries(Object.entries(entries).map(([name, path]) => [name, join(root, path)])),
    platform: 'node',
    external: [...UNBUNDLED, ...external],
    transform: { target: `node${node}` },
    plugins: [plainRequire, withoutProtoLoader],
  })
  const { output } = await build.write({ dir, format: 'esm', ...options })
  await build.close()
  return output.filter(file => file.type === 'chunk')
}
