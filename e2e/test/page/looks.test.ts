import { beforeAll, describe, expect, test } from 'vitest'
import { drop, findingsOf, openPage, stage, store, view } from '../../support/page.ts'
import { testFile } from '../../support/temporary.ts'

const shared = stage()

beforeAll(async () => {
  await store(
    shared.server,
    `time,x,a_rather_long_name_of_a_column\n${'2025-03-03T08:00,1,text\n'.repeat(50)}`,
    'one.csv',
  )
  await store(shared.server, 'x,y\nwords,2.5\n', 'two.csv')
})

const looks = {
  light: { colorScheme: 'light' },
  dark: { colorScheme: 'dark' },
  phone: { colorScheme: 'light', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true },
} as const

describe.each(Object.entries(looks))('%s', (name, look) => {
  const clean = async (page: Awaited<ReturnType<typeof openPage>>) => {
    expect(await findingsOf(page)).toEqual([])
    const needed = await page.evaluate(() => document.documentElement.scrollWidth)
    expect(needed, `${name}: the width that the page needs`).toBe(page.viewportSize()?.width)
  }

  test('the table, with a column open', async () => {
    const page = await openPage(shared, look)
    await page.getByRole('button', { name: 'x', exact: true }).click()
    await page.getByText('types differ').waitFor()
    await page.getByText('Counting…').waitFor({ state: 'detached' })
    await clean(page)
  })

  test('files that are ready and one that was refused', async () => {
    const page = await openPage(shared, { ...look, expected: /status of 422/ })
    await drop(page, [testFile('x;y\n1,5;2\n', 'ready.csv')])
    await page.getByText('Translated before it is sent').waitFor()
    await clean(page)
    await page.getByLabel('Fields end with').selectOption('comma')
    await page.getByRole('button', { name: 'Upload 1 file' }).click()
    await page.getByText('not stored', { exact: true }).waitFor()
    await page.getByText('found 2 fields, expected 1').first().waitFor()
    await clean(page)
  })

  test('uploads, with one that is about to be deleted', async () => {
    await store(shared.server, 'x\n1\n', `${name}.csv`)
    const page = await openPage(shared, look)
    // The deletion waits until axe is done, however long that takes.
    await page.route(/\/uploads\/\d+$/, () => {})
    await view(page, 'Uploads')
    await page.getByRole('button', { name: `Delete ${name}.csv` }).click()
    await page.getByRole('button', { name: /^Undo/ }).waitFor()
    await clean(page)
  })

  test('sums with their times', async () => {
    const page = await openPage(shared, look)
    await view(page, 'Sums')
    await page.getByRole('checkbox', { name: /^y/ }).check()
    await page.getByRole('button', { name: 'Sum 1 column' }).click()
    await page.getByRole('img', { name: /Time of each run/ }).waitFor()
    await clean(page)
  })

  test('a query with its result and chart', async () => {
    const page = await openPage(shared, look)
    await view(page, 'Query')
    await page.getByRole('textbox', { name: 'SQL' }).fill("SELECT 'a' AS name, y -- comment\nFROM data")
    await page.getByRole('button', { name: 'Run' }).click()
    await page.getByRole('button', { name: 'Chart' }).click()
    await page.getByRole('region', { name: 'Result' }).waitFor()
    await clean(page)
  })
})

test('on a phone, a large number of rows leaves room for names of files and for all buttons', async () => {
  const page = await openPage(shared, looks.phone)
  await page.route(/\/uploads\?/, async route => {
    const answer = await route.fetch()
    const { uploads, ...rest } = await answer.json()
    const large = uploads.map((upload: object) => ({ ...upload, id: 1234, rows: 25_000_000 }))
    await route.fulfill({ json: { uploads: large.slice(0, 1), ...rest } })
  })
  await view(page, 'Uploads')
  const row = page.locator('.uploads tbody tr')
  await row.waitFor()
  const name = await row.locator('th').boundingBox()
  const button = await row.getByRole('button', { name: /^Delete/ }).boundingBox()
  const card = await page.locator('.card.scroll').boundingBox()
  expect(name?.width).toBeGreaterThan(70)
  expect((button?.x ?? 0) + (button?.width ?? 0)).toBeLessThanOrEqual((card?.x ?? 0) + (card?.width ?? 0))
})

test('the colours follow the system until somebody chooses, also after a reload', async () => {
  const page = await openPage(shared, { colorScheme: 'dark' })
  const background = () => page.evaluate(() => getComputedStyle(document.body).backgroundColor)
  const dark = await background()
  await page.getByRole('button', { name: 'Colours: system' }).click()
  await page.getByRole('button', { name: 'Colours: light' }).waitFor()
  await expect.poll(background).not.toBe(dark)
  await page.reload()
  await page.getByRole('button', { name: 'Colours: light' }).click()
  await expect.poll(background).toBe(dark)
})
