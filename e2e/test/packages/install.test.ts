// The npm packages in an empty folder with nothing but npm, on every Node that they support.
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { copyFileSync, globSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { announcedPort } from '../../support/announcedPort.ts'
import { root } from '../../support/repository.ts'
import { output, run } from '../../support/run.ts'
import { temporaryDirectory, testDirectory } from '../../support/temporary.ts'

const OTHER_NODES = { 20: '20.20.2', 22: '22.23.3', 26: '26.10.0' }

const tarballs = globSync(join(root, 'dist/*.tgz'))
const shared = temporaryDirectory()
afterAll(() => rmSync(shared, { recursive: true, force: true }))

/** Returns the folder of the program `node` of a major version, which npm installs. */
async function nodeFolder(major: number): Promise<string> {
  const version = OTHER_NODES[major as keyof typeof OTHER_NODES]
  if (!version) return dirname(process.execPath)
  const folder = join(shared, String(major))
  mkdirSync(folder)
  // The package `node` fetches the program in a script.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ allowScripts: { node: true } }))
  const options = ['--prefix', folder, '--no-audit', '--no-fund']
  await output('npm', ['install', ...options, `node@${version}`], {
    cwd: folder,
    env: { npm_config_local_prefix: folder },
  })
  return join(folder, 'node_modules/node/bin')
}

/** Makes an empty folder that has the tarballs. Returns functions that run npx there, on Node `major`. */
async function emptyFolder(major: number) {
  const cwd = testDirectory()
  for (const tarball of tarballs) copyFileSync(tarball, join(cwd, basename(tarball)))
  const env = {
    PATH: `${await nodeFolder(major)}:${process.env.PATH}`,
    npm_config_local_prefix: cwd,
    npm_config_cache: join(shared, 'cache'),
  }
  expect(await output('node', ['--version'], { cwd, env })).toMatch(`v${major}.`)
  const tarballOf = (name: string) =>
    `./${tarballs.map(path => basename(path)).find(file => file.startsWith(`${name}-`))}`
  return {
    cwd,
    npx: (name: string, args: string[]) => run('npx', ['--yes', tarballOf(name), ...args], { cwd, env }),
    serve() {
      const args = ['--yes', tarballOf('table-server'), '--port', '0']
      const child = spawn('npx', args, {
        cwd,
        env: { ...process.env, ...env },
        stdio: ['ignore', 'pipe', 'pipe'],
      })
      onTestFinished(() => {
        child.kill('SIGTERM')
      })
      return child
    },
  }
}

test.each([22, 24, 26])('on Node %i npx serves, uploads, sums and verifies', async major => {
  const { cwd, npx, serve } = await emptyFolder(major)
  const server = serve()
  const said: string[] = []
  server.stderr.on('data', text => said.push(String(text)))
  const port = await announcedPort(server)
  const cli = (...args: string[]) => npx('table-cli', ['--server', `localhost:${port}`, ...args])

  writeFileSync(join(cwd, 'file.csv'), 'x,y\n1,2\n41,3\n')
  expect(await cli('upload', 'file.csv')).toEqual({ code: 0, stdout: Buffer.from('success\n'), stderr: '' })
  for (const format of ['csv', 'parquet'])
    expect((await cli('sum', 'x', '--format', format)).stdout.toString()).toBe('42\n')
  const verified = await cli('verify')
  expect(verified).toMatchObject({ code: 0, stderr: '' })
  expect(verified.stdout.toString()).toMatch(/^1 uploads, .* 0 files damaged\n$/)
  expect((await cli('sum', 'x', '--format', 'xml')).code).toBe(2)

  const address = `http://localhost:${port}`
  const html = await (await fetch(address)).text()
  const [, script] = /src="(\/assets\/[^"]+)"/.exec(html) ?? []
  for (const path of [script, '/openapi.json']) expect((await fetch(address + path)).status, path).toBe(200)

  // The server has the other end of the pipes, so they close when the server ends.
  server.kill('SIGTERM')
  await once(server, 'close')
  expect(said.join('')).not.toMatch(/warning/i)
  expect((await npx('table-server', ['--port', 'none'])).code).toBe(2)
})

test('on Node 20 the CLI talks to servers and says what needs another Node', async () => {
  const other = await emptyFolder(24)
  const port = await announcedPort(other.serve())
  const { cwd, npx } = await emptyFolder(20)
  const cli = (...args: string[]) => npx('table-cli', ['--server', `localhost:${port}`, ...args])

  writeFileSync(join(cwd, 'file.csv'), 'x;y\n1;2\n41;3\n')
  const uploaded = await cli('upload', '--delimiter', ';', 'file.csv')
  expect(uploaded).toEqual({ code: 0, stdout: Buffer.from('success\n'), stderr: '' })
  expect((await cli('sum', 'x')).stdout.toString()).toBe('42\n')
  for (const args of [
    ['verify', '--data-dir', 'data'],
    ['check', 'file.csv'],
    ['sql', 'FROM data', '-o', 'all.parquet'],
  ]) {
    const { code, stderr } = await cli(...args)
    expect(code).toBe(1)
    expect(stderr).toMatch(/^found Node v20.*expected Node 22.15 or newer.*\n$/)
  }
  expect((await npx('table-server', [])).stderr).toMatch(/found Node v20.*expected Node 22.15/)
})

test.each(tarballs)('publint and attw find nothing in %s', async tarball => {
  const bin = join(root, 'node_modules/.bin')
  expect(await output(join(bin, 'publint'), ['run', tarball, '--strict'])).toContain('All good!')
  await output(join(bin, 'attw'), [tarball])
})
