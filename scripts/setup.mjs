// Makes a fresh clone ready, once: `node scripts/setup.mjs` installs the npm packages (and with them the
// pinned Node) and compiles the kernels; `node scripts/setup.mjs python` also makes the Python environments
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

function compileKernels() {
  const kernels = join(root, 'libs/kernels')
  const sources = readdirSync(join(kernels, 'assembly'), { recursive: true }).map(name =>
    join(kernels, 'assembly', name),
  )
  const changed = Math.max(
    ...[...sources, join(kernels, 'asconfig.json')].map(path => statSync(path).mtimeMs),
  )
  const compiled = join(kernels, 'build/kernels.wasm')
  if (existsSync(compiled) && statSync(compiled).mtimeMs >= changed) return
  run('compiling the kernels to WebAssembly', 'npm', [
    'run',
    '--silent',
    'build',
    '--workspace=@table/kernels',
  ])
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
compileKernels()
if (process.argv[2] === 'python') for (const name of ['course', 'latest']) installPython(name)
