import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { listed, openPage, stage, view, waitForUndo } from '../../support/page.ts'
import { testFile } from '../../support/temporary.ts'

const shared = stage()

/** Presses Tab until an element has the focus. */
async function tabTo(page: Page, name: RegExp): Promise<void> {
  for (let presses = 0; presses < 80; presses++) {
    await page.keyboard.press('Tab')
    const focused = await page.evaluate(() => {
      const element = document.activeElement
      return (
        element?.getAttribute('aria-label') ??
        (element as HTMLInputElement)?.labels?.[0]?.textContent ??
        element?.textContent ??
        ''
      )
    })
    if (name.test(focused.trim())) return
  }
  throw new Error(`Tab does not reach ${name}`)
}

test('by the keyboard alone a file is chosen and uploaded, summed, queried and deleted', async () => {
  const page = await openPage(shared)
  await page.getByText('The table is empty').waitFor()
  await tabTo(page, /^Skip to the content$/)
  await page.keyboard.press('Enter')
  // Before Tab: a dialog that opens before the browser has heard of this is no event.
  const chooser = page.waitForEvent('filechooser')
  await tabTo(page, /^Choose files$/)
  await page.keyboard.press('Enter')
  await (await chooser).setFiles(testFile('x,y\n40,1\n2,1\n', 'typed.csv'))
  await page.getByRole('heading', { name: 'Upload' }).waitFor()
  await tabTo(page, /^Upload 1 file$/)
  await page.keyboard.press('Enter')
  await page.getByText('stored', { exact: true }).waitFor()

  await tabTo(page, /^Sums$/)
  await page.keyboard.press('Enter')
  await page.getByLabel('x').waitFor()
  await tabTo(page, /^x/)
  await page.keyboard.press('Space')
  await tabTo(page, /^Sum 1 column$/)
  await page.keyboard.press('Enter')
  await expect.poll(() => page.locator('.total span').first().textContent()).toBe('42')

  await tabTo(page, /^Query$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^SQL$/)
  await page.keyboard.press('Control+A')
  await page.keyboard.type('SELECT x * 2 AS double FROM data ORDER BY x')
  await page.keyboard.press('Control+Enter')
  await page.getByRole('cell', { name: '80' }).waitFor()

  await tabTo(page, /^Uploads$/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Delete typed.csv' }).waitFor()
  await waitForUndo(page)
  await tabTo(page, /^Delete typed\.csv$/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^Undo/)
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Delete typed.csv' }).waitFor()
  expect((await listed(shared.server)).map(({ name }) => name)).toEqual(['typed.csv'])
})

test('what happens is said to screen readers', async () => {
  const page = await openPage(shared)
  const chooser = page.waitForEvent('filechooser')
  await view(page, 'Upload')
  await page.getByRole('button', { name: 'Choose files' }).click()
  await (await chooser).setFiles(testFile('x\n1\n', 'said.csv'))
  const status = page.locator('[aria-live=polite]')
  await expect.poll(() => status.textContent()).toBe('1 file ready to upload')
  await page.getByRole('button', { name: 'Upload 1 file' }).click()
  await expect.poll(() => status.textContent()).toBe('said.csv is stored, 1 row')
})
