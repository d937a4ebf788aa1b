import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'

const main = new URL('../src/main.ts', import.meta.url).pathname
const entry = new URL('../table-cli.js', import.meta.url).pathname

/** Prints the modules that the program loads, a line each, on stderr when it ends. */
const trace = `
import { registerHooks } from 'node:module'
const urls = []
registerHooks({ load: (url, context, next) => (urls.push(url), next(url, context)) })
process.on('exit', () => process.stderr.write(urls.join('\\n')))
`

function loadedBy(...args: string[]): string[] {
  const script = `${process.execPath} --import 'data:text/javascript,${encodeURIComponent(trace).replaceAll("'", '%27')}'`
  const output = execFileSync('sh', ['-c', `${script} "$0" "$@" 2>&1 >/dev/null`, entry, ...args], {
    encoding: 'utf8',
  })
  return output.split('\n')
}

test('help and version load no package but commander, and nothing that talks or stores', () => {
  for (const args of [['--help'], ['--version'], ['stats', '--help']]) {
    const urls = loadedBy(...args)
    expect(urls).toContain(`file://${main}`)
    const packages = urls.filter(url => url.includes('/node_modules/') || url.includes('/libs/'))
    expect(packages.filter(url => !url.includes('/node_modules/commander/'))).toEqual([])
    for (const heavy of ['http2', 'tls', 'zlib', 'sqlite', 'readline'])
      expect(urls.filter(url => url.startsWith(`node:${heavy}`))).toEqual([])
  }
})
