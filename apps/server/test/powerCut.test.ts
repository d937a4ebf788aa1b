// TABLE_POWER_CUTS makes it longer.
import { join } from 'node:path'
import { test } from 'vitest'
import { Crashes, momentOf } from './crash/crashes.ts'
import { temporaryDirectory } from './support.ts'

const cuts = Number(process.env.TABLE_POWER_CUTS ?? 20)
/** What one data directory goes through: after each, all of its files are read again. */
const perDirectory = 10

test(`${cuts} power cuts, which take what was not synced, leave each acknowledged upload once, and no half one`, {
  timeout: 60_000 + cuts * 5000,
}, async () => {
  for (let cut = 0; cut < cuts; ) {
    const root = temporaryDirectory()
    const disk = ['python3', join(import.meta.dirname, 'crash/power_cut.py'), root]
    // The directory has yet to be made, and that has to last as well.
    const crashes = new Crashes(join(root, 'data'))
    for (const end = Math.min(cuts, cut + perDirectory); cut < end; cut++)
      await crashes.crash(momentOf(cut), disk)
    await crashes.end()
  }
})
