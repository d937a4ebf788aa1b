import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { root } from '../../support/repository.ts'
import { startTarget } from '../../support/target.ts'

test('the image has exactly the packages of docs/image-packages.md, and the Node of package.json', async () => {
  const server = await startTarget()
  const listing = readFileSync(join(root, 'docs/image-packages.md'), 'utf8')
  const listed = listing.matchAll(/^\| (\S+) +\| (\d\S+) /gm).map(([, name, version]) => `${name} ${version}`)
  const find =
    "find /app/node_modules -name package.json | grep -E 'node_modules/(@[^/]+/)?[^/]+/package.json$'"
  const show =
    'xargs node -p \'process.argv.slice(1).map(require).map(p => p.name + " " + p.version).join("\\n")\''
  const installed = (await server.inside(`${find} | ${show}`)).toString().trim().split('\n')
  expect(installed.sort()).toEqual([...listed].sort())

  const { node } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')).devDependencies
  expect((await server.inside('node --version')).toString()).toBe(`v${node}\n`)
  expect((await server.inside('dpkg-query --show')).toString()).toMatch(/^libc6\S*\t2\.36/m)
})
