import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { afterAll, beforeAll, expect, onTestFinished } from 'vitest'
import { CHROMIUM } from './installBrowser.ts'
import { type ProcessServer, startProcess } from './processServer.ts'

/** What a file of tests shares: a browser, and a server that the tests may fill. */
export interface Stage {
  server: ProcessServer
  browser: Browser
}

export function stage(env: Record<string, string> = {}): Stage {
  const shared = {} as Stage
  beforeAll(async () => {
    shared.server = await startProcess({ env })
    shared.browser = await chromium.launch({
      executablePath: CHROMIUM,
      // Chromium has no sandbox for root.
      chromiumSandbox: process.getuid?.() !== 0,
      // A name that its owner lets point here.
      args: ['--host-resolver-rules=MAP evil.example.com 127.0.0.1'],
    })
  })
  afterAll(async () => {
    await shared.browser?.close()
    await shared.server?.stop()
  })
  return shared
}

export interface PageOptions extends BrowserContextOptions {
  /** What the console may say besides, such as the status of a refusal that the test provokes. */
  expected?: RegExp
  /** By default the page of the stage's server. */
  address?: string
}

/** Opens the page in a tab of its own. The test fails if the console has an error at its end. */
export async function openPage({ browser, server }: Stage, options: PageOptions = {}): Promise<Page> {
  const { expected, address = `http://localhost:${server.port}/`, ...context } = options
  const tab = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...context })
  const page = await tab.newPage()
  const said: string[] = []
  page.on('pageerror', error => said.push(String(error)))
  page.on('console', message => {
    const isBad = message.type() === 'error' || message.type() === 'warning'
    if (isBad && !expected?.test(message.text())) said.push(message.text())
  })
  onTestFinished(async () => {
    await tab.close()
    expect(said).toEqual([])
  })
  await page.goto(address)
  return page
}

/** Gives a deletion an hour to be undone, until the page is loaded again: a busy machine may take longer than the seconds of a user. */
export async function waitForUndo(page: Page): Promise<void> {
  await page.evaluate(
    'window.setTimeout = ((later) => (run, ms, ...given) => later(run, ms === 6000 ? 3600000 : ms, ...given))(window.setTimeout)',
  )
}

/** Drops files or folders of the disk on the page, as a file manager does. */
export async function drop(page: Page, files: string[]): Promise<void> {
  const session = await page.context().newCDPSession(page)
  const data = { items: [], files, dragOperationsMask: 1 }
  const send = (type: 'dragEnter' | 'dragOver' | 'drop') =>
    session.send('Input.dispatchDragEvent', { type, x: 200, y: 300, data })
  await page.evaluate("addEventListener('drop', () => { document.body.dataset.dropped = 'yes' })")
  // Chromium takes a drop for a leave as long as it does not know that the page takes files.
  await expect
    .poll(async () => {
      await send('dragEnter')
      await page.getByText('Drop to upload').waitFor()
      await send('dragOver')
      await send('drop')
      await page.getByText('Drop to upload').waitFor({ state: 'detached' })
      return page.evaluate('document.body.dataset.dropped')
    })
    .toBe('yes')
}

export function view(page: Page, name: string): Promise<void> {
  return page.getByRole('navigation').getByRole('link', { name, exact: true }).click()
}

/** Returns what axe finds wrong, one line each. */
export async function findingsOf(page: Page): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations.flatMap(({ id, nodes }) =>
    nodes.map(({ target, failureSummary }) => `${id}: ${target.join(' ')}: ${failureSummary}`),
  )
}

export async function store(server: { port: number }, csv: string, name: string): Promise<number> {
  const address = `http://localhost:${server.port}/uploads?name=${encodeURIComponent(name)}`
  const response = await fetch(address, {
    method: 'POST',
    body: csv,
    headers: { 'content-type': 'text/csv' },
  })
  if (!response.ok) throw new Error(await response.text())
  return (await response.json()).id
}

interface Listed {
  uploads: { id: number; name: string | null; rows: number }[]
}

export async function listed(server: { port: number }): Promise<Listed['uploads']> {
  const response = await fetch(`http://localhost:${server.port}/uploads`)
  return ((await response.json()) as Listed).uploads
}
