// TABLE_TESTS or TABLE_POWER_CUTS makes the test longer.
import { spawnSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repeat } from '../../../testing/form.ts'
import { Crashes, momentOf } from './crash/crashes.ts'
import { temporaryDirectory } from './support/server.ts'

const cuts = repeat('TABLE_POWER_CUTS')
/** The number of power cuts for one data directory. At the end all of its files are read again. */
const perDirectory = 5

/** Returns a command that runs another command on a disk whose files are in `directory`. */
const diskOf = (directory: string) => ['python3', join(import.meta.dirname, 'crash/power_cut.py'), directory]

test(`${cuts} power cuts, which take what was not synced, leave each acknowledged upload once, no deleted one, and no partial upload`, async () => {
  let uploads = 0
  for (let cut = 0; cut < cuts; ) {
    const root = temporaryDirectory()
    // The directory does not exist yet, and its creation must be durable too.
    const crashes = new Crashes(join(root, 'data'))
    for (const end = Math.min(cuts, cut + perDirectory); cut < end; cut++)
      await crashes.crash(momentOf(cut), diskOf(root))
    uploads += await crashes.end()
  }
  console.log(`${uploads} uploads after ${cuts} power cuts`)
})

test('the disk of the power cuts keeps what was synced, and may lose anything else', () => {
  const files = 20
  const script = `
    const { fsyncSync, openSync, renameSync, writeSync } = require('node:fs')
    const files = Array.from({ length: ${files} }, (_, i) => openSync('old' + i, 'w'))
    for (const file of files) writeSync(file, 'synced')
    for (const synced of [...files, openSync('.')]) fsyncSync(synced)
    for (const file of files) writeSync(file, ', written')
    for (const i of files.keys()) renameSync('old' + i, 'new' + i)
    process.kill(process.pid, 'SIGKILL')`
  const possible = ['old', 'new', 'old and new', '', 'synced', 'synced, written', 'all lost']
  const found = new Set<string>()
  // After this many cuts, the chance that one of the states is missing is one in a million.
  for (let cut = 0; cut < 20 && !possible.every(state => found.has(state)); cut++) {
    const directory = temporaryDirectory()
    const [python = '', ...disk] = diskOf(directory)
    const { signal } = spawnSync(python, [...disk, process.execPath, '-e', script], { cwd: directory })
    expect(signal).toBe('SIGKILL')
    const names = readdirSync(directory)
    const contents = names.map(name => readFileSync(join(directory, name), 'utf8'))
    for (const content of contents) expect(found.add(content) && content).toMatch(/^synced/)
    for (let i = 0; i < files; i++)
      found.add(['old', 'new'].filter(name => names.includes(`${name}${i}`)).join(' and '))
    const unchanged =
      contents.every(content => content === 'synced') && names.every(name => name.startsWith('old'))
    if (unchanged && names.length === files) found.add('all lost')
  }
  for (const state of possible) expect(found).toContain(state)
})
