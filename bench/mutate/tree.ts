import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'

export const root = join(import.meta.dirname, '../..')
/** Folders whose files are copied. Everything else is a symbolic link to the original. */
const copied = ['apps', 'libs', 'bench', 'testing', 'scripts']

/** A copy of the project that can be changed while its tests run. */
export class Tree {
  readonly path = mkdtempSync(join(tmpdir(), 'table-mutate-'))
  /** Holds the temporary files of the tests. It is not in the tree, where a program that a test puts there would find packages. */
  readonly scratch = `${this.path}-files`

  constructor() {
    process.on('exit', () => this.remove())
    // Some tests run as another user, who must be able to enter the directory.
    chmodSync(this.path, 0o755)
    for (const name of readdirSync(root)) {
      if (['.git', '.nx', 'node_modules', 'data'].includes(name)) continue
      if (copied.includes(name))
        cpSync(join(root, name), join(this.path, name), {
          recursive: true,
          filter: path => basename(path) !== 'node_modules',
        })
      else symlinkSync(join(root, name), join(this.path, name))
    }
    this.#linkPackages()
    this.clean()
  }

  read(file: string): string {
    return readFileSync(join(this.path, file), 'utf8')
  }

  write(file: string, text: string): void {
    writeFileSync(join(this.path, file), text)
  }

  /** Removes what the tests left behind. */
  clean(): void {
    rmSync(this.scratch, { recursive: true, force: true, maxRetries: 10 })
    mkdirSync(this.scratch)
  }

  remove(): void {
    for (const path of [this.path, this.scratch])
      rmSync(path, { recursive: true, force: true, maxRetries: 10 })
  }

  /** Links the project's own packages into the copy, and all other packages to the original's. */
  #linkPackages(): void {
    const packages = join(this.path, 'node_modules')
    mkdirSync(packages)
    for (const name of readdirSync(join(root, 'node_modules')))
      if (!['@table', 'table-cli', '.vitest-cache', '.cache'].includes(name))
        symlinkSync(join(root, 'node_modules', name), join(packages, name))
    cpSync(join(root, 'node_modules/@table'), join(packages, '@table'), {
      recursive: true,
      verbatimSymlinks: true,
    })
    symlinkSync('../apps/cli', join(packages, 'table-cli'))
  }
}

/** Returns the sources or tests of a project as sorted paths from the root. */
export function filesIn(folder: string, suffix: string): string[] {
  return readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
    .filter(name => name.endsWith(suffix))
    .map(name => join(folder, name))
    .sort()
}

/**
 * Returns the test that mirrors a source: `libs/storage/test/csv/header.test.ts` for
 * `libs/storage/src/csv/header.ts`.
 */
export function mirror(project: string, source: string): string {
  const name = relative(join(project, 'src'), source)
  return join(project, 'test', dirname(name), `${basename(name, '.ts')}.test.ts`)
}
