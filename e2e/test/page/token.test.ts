import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { drop, openPage, stage, view } from '../../support/page.ts'
import { temporaryDirectory, testFile } from '../../support/temporary.ts'

const file = join(temporaryDirectory(), 'tokens')
const [writer, reader, stranger, sender] = ['a1', 'b2', 'c3', 'd4'].map(byte => byte.repeat(32)) as [
  string,
  string,
  string,
  string,
]
const line = (token: string, rest: string) => `${createHash('sha256').update(token).digest('hex')} ${rest}\n`
writeFileSync(file, line(writer, 'alice read,write') + line(reader, 'bob read') + line(sender, 'carol write'))
const shared = stage({ TABLE_TOKEN_FILE: file })

/** Chromium's own lines about refusals. */
const REFUSED = /status of (401|403)/

test('the page asks for a token, says that one is wrong, and keeps the right one for this tab alone', async () => {
  const page = await openPage(shared, { expected: REFUSED })
  const use = async (token: string) => {
    await page.getByRole('textbox', { name: 'Token' }).fill(token)
    await page.getByRole('button', { name: 'Use it' }).click()
  }
  await page.getByText('This server needs a token').waitFor()
  await use(stranger)
  await page.getByText('does not know this token').waitFor()
  await use(writer)
  await page.getByText('The table is empty').waitFor()

  await drop(page, [testFile('x\n1\n', 'mine.csv')])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('stored', { exact: true }).waitFor()
  await view(page, 'Uploads')
  const download = page.waitForEvent('download')
  await page.getByRole('button', { name: 'CSV of mine.csv' }).click()
  expect((await download).suggestedFilename()).toBe('mine.csv')

  await page.reload()
  await page.getByRole('button', { name: 'Delete mine.csv' }).waitFor()
  expect(await page.context().cookies()).toEqual([])
  expect(await page.evaluate(() => JSON.stringify(localStorage))).not.toContain(writer)
  expect(page.url()).not.toContain(writer)
  const other = await page.context().newPage()
  await other.goto(page.url())
  await other.getByText('This server needs a token').waitFor()
})

test('a token that may only write uploads, and the page says what it does not know', async () => {
  const page = await openPage(shared, { expected: REFUSED })
  await page.getByRole('textbox', { name: 'Token' }).fill(sender)
  await page.keyboard.press('Enter')
  await page.getByText('What is in the table is not known').waitFor()
  await drop(page, [testFile('x\n1\n', 'sent.csv')])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('stored', { exact: true }).waitFor()
})

test('a token that may only read is told so when it writes', async () => {
  const page = await openPage(shared, { expected: REFUSED })
  await page.getByRole('textbox', { name: 'Token' }).fill(reader)
  await page.keyboard.press('Enter')
  await page
    .getByRole('heading', { name: /column/ })
    .or(page.getByText('The table is empty'))
    .first()
    .waitFor()
  await drop(page, [testFile('x\n1\n', 'refused.csv')])
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await page.getByText('not stored', { exact: true }).waitFor()
})
