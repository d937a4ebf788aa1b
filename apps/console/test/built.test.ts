import { globSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'

// `npm test` builds the page before the tests.
const dist = join(import.meta.dirname, '../dist')

test('all JavaScript together has less than 120 KB, packed', () => {
  const files = globSync('assets/*.js.gz', { cwd: dist })
  expect(files.length).toBeGreaterThan(2)
  const bytes = files.reduce((sum, file) => sum + statSync(join(dist, file)).size, 0)
  expect(bytes).toBeLessThan(120 * 1024)
})

test('the page has no code and no style of its own, and nothing from elsewhere', () => {
  const html = readFileSync(join(dist, 'index.html'), 'utf8')
  expect(html).not.toMatch(/<style|<script>|<script [^>]*>[^<]|\son\w+=|style=/)
  for (const [, address] of html.matchAll(/(?:src|href)="([^"]+)"/g)) expect(address).toMatch(/^\/assets\//)
})
