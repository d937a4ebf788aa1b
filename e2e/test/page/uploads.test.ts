import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { gzipSync } from 'node:zlib'
import { expect, test } from 'vitest'
import { drop, listed, openPage, stage, store, view, waitForUndo } from '../../support/page.ts'
import { tableCliOf } from '../../support/tableCli.ts'
import { testDirectory } from '../../support/temporary.ts'

const shared = stage()

/** The id of the last upload. */
async function newest(): Promise<number | undefined> {
  return (await listed(shared.server))[0]?.id
}

/** Chromium's own line about a refusal of the server. */
const REFUSED = /status of 422/

test('three files are dropped, one is refused with its lines, the sums are those of the CLI, and a deletion can be undone', async () => {
  const folder = testDirectory()
  const file = (name: string, content: string) => {
    writeFileSync(join(folder, name), content)
    return join(folder, name)
  }
  const page = await openPage(shared, { expected: REFUSED })
  await drop(page, [
    file('first.csv', 'big,text\n9007199254740993,a\n4,b\n'),
    file('second.csv', 'big,text\n5,c\n'),
    file('bad.csv', 'big,text\n1,x\n2,"y\n3,z\n'),
  ])
  await page.getByRole('button', { name: 'Upload 3 files' }).click()

  const items = page.getByRole('listitem')
  await items.filter({ hasText: 'first.csv' }).getByText('stored').waitFor()
  await items.filter({ hasText: 'second.csv' }).getByText('stored').waitFor()
  const bad = items.filter({ hasText: 'bad.csv' })
  await bad.getByText('line 3, column 2: found a quote that is never closed').waitFor()
  await expect
    .poll(() => bad.getByLabel('Lines around line 3').textContent())
    .toMatch(/1\s*big,text\n2\s*1,x\n3\s*2,"y\n4\s*3,z/)
  expect(await bad.locator('mark').textContent()).toBe('"y')

  await view(page, 'Sums')
  await page.getByLabel('big').check()
  await page.getByRole('button', { name: 'Sum 1 column' }).click()
  const cli = await tableCliOf(shared.server.port)('sum', 'big')
  for (const format of [0, 1])
    await expect
      .poll(() => page.locator('.total span').nth(format).getAttribute('title'))
      .toBe(cli.stdout.trim())
  expect(cli.stdout.trim()).toBe('9007199254741002')

  await view(page, 'Uploads')
  await waitForUndo(page)
  await page.getByRole('button', { name: 'Delete first.csv' }).click()
  await page.getByRole('button', { name: /^Undo/ }).waitFor()
  const names = async () => (await listed(shared.server)).map(({ name }) => name)
  expect(await names()).toEqual(expect.arrayContaining(['first.csv', 'second.csv']))
  await page.getByRole('button', { name: /^Undo/ }).click()
  await page.reload()
  await page.getByRole('button', { name: 'Delete second.csv' }).click()
  await expect.poll(names).toEqual(['first.csv'])
})

test('a deletion that nobody has undone is sent when the page is left', async () => {
  const id = await store(shared.server, 'x\n1\n', 'leaving.csv')
  const page = await openPage(shared)
  await view(page, 'Uploads')
  await page.getByRole('button', { name: 'Delete leaving.csv' }).click()
  await page.getByRole('button', { name: /^Undo/ }).waitFor()
  await page.goto('about:blank')
  await expect.poll(async () => (await listed(shared.server)).map(upload => upload.id)).not.toContain(id)
})

test('a page that could not ask once what the server offers asks again', async () => {
  const page = await openPage(shared, { address: 'about:blank', expected: /ERR_FAILED/ })
  const failed = Promise.withResolvers<void>()
  await page.route(
    '**/openapi.json',
    async route => {
      await route.abort()
      failed.resolve()
    },
    { times: 1 },
  )
  await page.goto(`http://localhost:${shared.server.port}/`)
  await failed.promise
  await view(page, 'Query')
  await page.getByRole('button', { name: 'Run', exact: true }).click()
  await page.getByRole('button', { name: /Parquet/ }).waitFor()
})

test('another dialect is shown, translated and stored as the CLI does', async () => {
  const folder = testDirectory()
  const path = join(folder, 'prices.csv')
  writeFileSync(path, Buffer.from('Raum;Größe;Preis\nKüche;1,5;NA\nBüro;22,25;3\n', 'latin1'))
  const page = await openPage(shared)
  await drop(page, [path])
  await page.getByText('Translated before it is sent').waitFor()
  await page.getByLabel('Null').fill('NA')
  await page.getByLabel('Null').press('Tab')
  await expect.poll(() => page.getByRole('cell', { name: '∅' }).count()).toBe(1)
  await page.getByRole('columnheader', { name: 'Größe double' }).waitFor()
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('stored', { exact: true }).waitFor()

  const id = await newest()
  const stored = await fetch(`http://localhost:${shared.server.port}/uploads/${id}.csv`)
  expect(await stored.text()).toBe('Raum,Größe,Preis\nKüche,1.5,\nBüro,22.25,3\n')
  const cli = tableCliOf(shared.server.port)
  const options = ['--delimiter', ';', '--encoding', 'windows-1252', '--null', 'NA', '--decimal-comma']
  expect(await cli('upload', ...options, path)).toMatchObject({ code: 0 })
  const second = await newest()
  const translated = await fetch(`http://localhost:${shared.server.port}/uploads/${second}.csv`)
  expect(await translated.text()).toBe('Raum,Größe,Preis\nKüche,1.5,\nBüro,22.25,3\n')
})

test('a folder goes up with everything in it, packed files too, and downloads are what went up', async () => {
  const folder = join(testDirectory(), 'week')
  mkdirSync(join(folder, 'inner'), { recursive: true })
  writeFileSync(join(folder, 'plain.csv'), 'x\n1\n')
  writeFileSync(join(folder, 'inner/packed.csv.gz'), gzipSync('x\n2\n3\n'))
  writeFileSync(join(folder, '.hidden'), 'no CSV')
  const page = await openPage(shared)
  await drop(page, [folder])
  await page.getByRole('button', { name: 'Upload 2 files' }).click()
  await expect.poll(() => page.getByText('stored', { exact: true }).count()).toBe(2)
  await view(page, 'Uploads')
  await page.getByRole('searchbox', { name: 'Name' }).fill('packed')
  await page.getByText('1 upload shown').waitFor()
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV of week/inner/packed.csv.gz' }).click()
  expect(readFileSync(await (await download).path(), 'utf8')).toBe('x\n2\n3\n')
})

test('uploads are listed a page at a time, and found by name and time', async () => {
  for (let i = 0; i < 101; i++) await store(shared.server, 'n\n1\n', `many-${i}.csv`)
  const page = await openPage(shared)
  await view(page, 'Uploads')
  await page.getByText('100 uploads shown, there are more').waitFor()
  await page.getByRole('button', { name: 'Show more' }).click()
  await expect.poll(() => page.getByRole('row').count()).toBeGreaterThan(102)
  await page.getByRole('searchbox', { name: 'Name' }).fill('many-7')
  await page.getByText(/^11 uploads shown; looked through \d+$/).waitFor()
  await page.getByLabel('before (UTC)').fill('2020-01-01T00:00')
  await page.getByText('No upload fits.').waitFor()
})
