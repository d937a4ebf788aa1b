// Makes a fresh clone ready, once: `node scripts/setup.mjs` installs the npm packages (and with them the
// pinned Node), compiles the kernels and builds the page; `node scripts/setup.mjs python` also makes the Python environments
// of the client tests. The script is plain JavaScript, because any Node may run it.
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const root = join(import.meta.dirname ?? new URL('.', import.meta.url).pathname, '..')

function run(what, command, args) {
  console.error(`setup: ${what}`)
  const { status, error } = spawnSync(command, args, { cwd: root, stdio: ['ignore', 2, 2] })
  if (status === 0) return
  console.error(`setup: ${error?.message ?? `${command} ${args.join(' ')} failed with exit code ${status}`}`)
  process.exit(1)
}

function installPackages() {
  const installed = join(root, 'node_modules/.package-lock.json')
  const lock = join(root, 'package-lock.json')
  if (existsSync(installed) && statSync(installed).mtimeMs >= statSync(lock).mtimeMs) return
  run('installing the npm packages (once, about half a minute)', 'npm', [
    'ci',
    '--loglevel=error',
    '--no-audit',
    '--no-fund',
  ])
}

/** Builds a workspace if what it made last is older than a source. `sources`: files and folders of the workspace. */
function build(what, workspace, folder, sources, made) {
  const paths = sources.map(source => join(root, folder, source))
  const files = paths.filter(path => statSync(path).isDirectory()).flatMap(inside)
  const changed = Math.max(...[...paths, ...files].map(path => statSync(path).mtimeMs))
  const last = join(root, folder, made)
  if (existsSync(last) && statSync(last).mtimeMs >= changed) return
  run(what, 'npm', ['run', '--silent', 'build', `--workspace=${workspace}`])
}

function inside(folder) {
  return readdirSync(folder, { recursive: true }).map(name => join(folder, name))
}

function installPython(name) {
  const environment = join(root, `e2e/.venv-${name}`)
  const requirements = join(root, `e2e/requirements-${name}.txt`)
  const stamp = join(environment, 'installed.txt')
  const wanted = readFileSync(requirements, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  rmSync(environment, { recursive: true, force: true })
  run(`making the Python environment e2e/.venv-${name} (once, about half a minute)`, 'python3', [
    '-m',
    'venv',
    environment,
  ])
  const pip = [
    '-m',
    'pip',
    'install',
    '--quiet',
    '--disable-pip-version-check',
    '--no-deps', // the list is complete, so a missing package must fail
    '--requirement',
    requirements,
  ]
  run(`installing ${requirements.slice(root.length + 1)}`, join(environment, 'bin/python'), pip)
  writeFileSync(stamp, wanted)
}

installPackages()
build(
  'compiling the kernels to WebAssembly',
  '@table/kernels',
  'libs/kernels',
  ['assembly', 'asconfig.json'],
  'build/kernels.wasm',
)
build(
  'building the page',
  '@table/console',
  'apps/console',
  ['src', 'index.html', 'vite.config.ts', 'package.json', '../../libs/dialect/src'],
  'dist/index.html',
)
if (process.argv[2] === 'python') for (const name of ['course', 'latest']) installPython(name)
