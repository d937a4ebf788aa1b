import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../../support/processServer.ts'
import { startPrometheus } from '../../support/prometheus.ts'
import { root } from '../../support/repository.ts'
import { output } from '../../support/run.ts'
import { testFile } from '../../support/temporary.ts'

const deploy = join(root, 'deploy')
const promtool = (...args: string[]) => output('promtool', args, { cwd: join(deploy, 'prometheus') })

interface Panel {
  id: number
  title: string
  type: string
  gridPos: { x: number; y: number; w: number; h: number }
  targets: { refId: string; expr: string }[]
}

const dashboard: { uid: string; schemaVersion: number; panels: Panel[] } = JSON.parse(
  readFileSync(join(deploy, 'grafana/dashboard.json'), 'utf8'),
)

/** The names of metrics in an expression. */
function metricsIn(expression: string): string[] {
  return expression.match(/\b(?:table|process|nodejs)_[a-z0-9_]+/g) ?? []
}

test('promtool accepts the configuration and the rules, and each alert is raised by what it is for', async () => {
  expect(await promtool('check', 'config', 'prometheus.yml')).toContain('valid')
  expect(await promtool('check', 'rules', '--lint=all', '--lint-fatal', 'alerts.yml')).toContain('SUCCESS')
  expect(await promtool('test', 'rules', 'alerts.test.yml')).toContain('SUCCESS')
})

test('the panels of the dashboard have their own ids and places, and each has a question', () => {
  expect(dashboard).toMatchObject({ uid: 'table', schemaVersion: expect.any(Number) })
  const { panels } = dashboard
  expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length)
  const cells = panels.flatMap(({ gridPos: { x, y, w, h } }) => {
    expect(x + w).toBeLessThanOrEqual(24)
    return Array.from({ length: w * h }, (_, i) => `${x + (i % w)},${y + Math.floor(i / w)}`)
  })
  expect(new Set(cells).size).toBe(cells.length)
  for (const { title, type, targets } of panels) {
    expect(title).not.toBe('')
    expect(['timeseries', 'stat']).toContain(type)
    expect(targets.length).toBeGreaterThan(0)
    expect(new Set(targets.map(({ refId }) => refId)).size).toBe(targets.length)
  }
})

test('a real Prometheus scrapes the server, and answers every question of the dashboard and the alerts', async () => {
  const server = await startProcess()
  onTestFinished(() => server.stop())
  const text = await (await fetch(`http://127.0.0.1:${server.port}/metrics`)).text()
  // prom-client's own names of the process are not all as promtool wants them.
  const own = text.split('\n').filter(line => /^(# \w+ )?table_/.test(line))
  const linted = testFile(`${own.join('\n')}\n`, 'metrics.txt')
  await output('sh', ['-c', `promtool check metrics < ${linted}`])

  const prometheus = await startPrometheus(server.port)
  const names = async () => (await prometheus.query('{job="table"}')).map(({ labels }) => labels.__name__)
  await expect.poll(names).toContain('table_uploads')
  const known = new Set(await names())
  const alerts = readFileSync(join(deploy, 'prometheus/alerts.yml'), 'utf8')
  const asked = dashboard.panels.flatMap(({ targets }) => targets.map(({ expr }) => expr))
  expect(asked.length).toBeGreaterThan(20)
  for (const expression of asked)
    await prometheus.query(expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'))
  const wanted = new Set([...asked, alerts].flatMap(metricsIn))
  expect([...wanted].filter(name => !known.has(name))).toEqual([])
})
