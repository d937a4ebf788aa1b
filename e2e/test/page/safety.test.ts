import { once } from 'node:events'
import { createServer } from 'node:http'
import { expect, onTestFinished, test } from 'vitest'
import { drop, listed, openPage, stage, store, view, waitForUndo } from '../../support/page.ts'
import { testFile } from '../../support/temporary.ts'

const shared = stage()

const IMAGE = '<img src=x onerror=alert(1)>'
const SCRIPT = '</script><script>alert(2)</script>'
const FORMULA = '=HYPERLINK("http://evil.example.com")'

test('names and values from CSVs stay text wherever they are shown', async () => {
  const quoted = (text: string) => `"${text.replaceAll('"', '""')}"`
  const csv = `${[IMAGE, SCRIPT, 'n'].map(quoted).join()}\n${[FORMULA, IMAGE].map(quoted).join()},1\n`
  await store(shared.server, csv, `${IMAGE}.csv`)
  // Words have no sum, which the server says with this status.
  const page = await openPage(shared, { expected: /status of 422/ })
  let dialogs = 0
  page.on('dialog', dialog => {
    dialogs++
    void dialog.dismiss()
  })
  const isText = async (text: string) => {
    await page.getByText(text).first().waitFor()
    expect(await page.locator('main img, main script, main a[href^="http"]').count()).toBe(0)
  }
  await page.getByRole('button', { name: IMAGE }).click()
  await isText(FORMULA)
  await page.getByRole('button', { name: SCRIPT }).click()
  await isText(SCRIPT)
  await view(page, 'Uploads')
  await isText(`${IMAGE}.csv`)
  await waitForUndo(page)
  await page.getByRole('button', { name: `Delete ${IMAGE}` }).click()
  await page.getByRole('button', { name: /^Undo/ }).click()
  await view(page, 'Sums')
  await isText(IMAGE)
  await page.getByRole('checkbox', { name: SCRIPT }).check()
  await page.getByRole('button', { name: 'Sum 1 column' }).click()
  await page.getByText('does not hold numbers alone').or(page.locator('td.error')).first().waitFor()
  await view(page, 'Query')
  await page.getByRole('textbox', { name: 'SQL' }).fill(`SELECT *, '${IMAGE}' AS "${SCRIPT}2" FROM data`)
  await page.getByRole('button', { name: 'Run' }).click()
  await page.getByRole('cell', { name: FORMULA }).waitFor()
  await isText(IMAGE)
  await drop(page, [testFile(`${quoted(IMAGE)}\n${quoted(SCRIPT)}\n`, 'ready.csv')])
  await page.getByRole('region', { name: 'First rows' }).waitFor()
  await isText(SCRIPT)
  expect(dialogs).toBe(0)
})

test('a page of another site can neither read, nor store, nor delete, nor show the page in a frame', async () => {
  const id = await store(shared.server, 'secret\n42\n', 'kept.csv')
  const target = `http://localhost:${shared.server.port}`
  const foreign = createServer((_request, response) => {
    response.setHeader('content-type', 'text/html')
    response.end(`<!doctype html><title>foreign</title><iframe src="${target}/"></iframe>`)
  })
  foreign.listen(0, '127.0.0.1')
  await once(foreign, 'listening')
  onTestFinished(() => {
    foreign.close()
  })
  const { port } = foreign.address() as { port: number }
  // Chromium tells of every refusal.
  const page = await openPage(shared, { address: `http://localhost:${port}/`, expected: /./ })
  const outcomes = await page.evaluate(
    async ({ target, id }) => {
      const attempt = (path: string, init: RequestInit) =>
        fetch(target + path, init).then(
          response => `${response.type} ${response.status}`,
          () => 'refused',
        )
      return [
        await attempt('/table', {}),
        await attempt('/table', { mode: 'no-cors' }),
        await attempt('/query', { method: 'POST', body: 'SELECT * FROM data' }),
        await attempt(`/uploads/${id}`, { method: 'DELETE' }),
        await attempt('/uploads', {
          method: 'POST',
          body: 'x\n1\n',
          mode: 'no-cors',
          headers: { 'content-type': 'text/plain' },
        }),
      ]
    },
    { target, id },
  )
  for (const outcome of outcomes) expect(outcome).toMatch(/^(refused|opaque 0)$/)
  const [frame] = page.frames().slice(1)
  expect(await frame?.locator('nav[aria-label=Views]').count()).toBe(0)
  const names = (await listed(shared.server)).map(({ name }) => name)
  expect(names).toContain('kept.csv')
  expect(names).not.toContain(null)
})

test('a name that points to the server is not enough', async () => {
  const page = await openPage(shared, {
    address: `http://evil.example.com:${shared.server.port}/`,
    expected: /status of 403/,
  })
  expect(await page.locator('body').textContent()).toContain('Host: found the name')
})
