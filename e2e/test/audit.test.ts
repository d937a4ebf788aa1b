import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { root } from '../support/repository.ts'
import { run } from '../support/run.ts'
import { testDirectory } from '../support/temporary.ts'

const advisory = (severity: string) => ({
  id: 1,
  url: 'https://github.com/advisories/GHSA-aaaa-bbbb-cccc',
  title: 'Says anything',
  severity,
  vulnerable_versions: '<=0.5.0',
})

test.each([
  ['nothing is known', 200, {}, 0, '0 advisories'],
  ['it is moderate', 200, { 'async-mutex': [advisory('moderate')] }, 0, '1 advisories, of which 0 high'],
  ['it is high', 200, { 'async-mutex': [advisory('high')] }, 1, 'async-mutex <=0.5.0: high: Says anything'],
  ['it is critical', 200, { 'async-mutex': [advisory('critical')] }, 1, '1 advisories, of which 1 high'],
  ['the registry has no answer', 405, {}, 3, 'the registry does not say'],
])('the audit of the packages, where %s', async (_, status, answer, code, said) => {
  const registry = createServer((request, response) => {
    const asked = request.url === '/-/npm/v1/security/advisories/bulk'
    request.resume().on('end', () => response.writeHead(asked ? status : 404).end(JSON.stringify(answer)))
  })
  await once(registry.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => void registry.close())
  const { port } = registry.address() as AddressInfo
  // npm caches advisories, so use a fresh cache.
  const env = { npm_config_registry: `http://127.0.0.1:${port}/`, npm_config_cache: testDirectory() }
  const finished = await run(process.execPath, [join(root, 'scripts/audit.ts')], { env })
  expect(finished.stderr).toContain(said)
  expect(finished.code).toBe(code)
})
