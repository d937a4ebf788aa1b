import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { change, closeDatabase } from '../../src/catalogue/connection.ts'
import { listUnsynced, listUploads, readChecksums } from '../../src/catalogue/database.ts'
import { generationOfDirectory } from '../../src/catalogue/generation.ts'
import { notedTexts } from '../../src/catalogue/notes.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { removeFiles, removeRow } from '../../src/directory/removal.ts'
import { openStore, type Store } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import { commitUpload } from '../../src/ingest/commit.ts'
import {
  beginBackup,
  beginRestore,
  type CopiedFiles,
  type DirectoryCopy,
} from '../../src/maintenance/backup.ts'
import { beginRepair } from '../../src/maintenance/repair.ts'
import { readUploads, verifyUpload } from '../../src/maintenance/verify.ts'
import { backupMark, catalogueFile, formats, storedFile } from '../../src/paths.ts'
import {
  opened,
  operationsOf,
  receive,
  storedNames,
  temporaryDirectory,
  thrown,
} from '../support/directories.ts'
import { fixtures, readFacts, unpackFixture } from '../support/fixture.ts'

const receivedAt = '2026-01-02T03:04:05.678Z'
const small = 'x,name\r\n1,"a, b"\r\n2,\r\n'
const large = `x,name\n${'12345,"a, b"\n'.repeat(20_000)}`

async function commit(store: Store, ...csvs: string[]): Promise<void> {
  for (const csv of csvs) {
    const upload = commitUpload(store.dataDir, await receive(store, csv), receivedAt)
    await store.catalogue.publish(upload)
  }
}

/** Serves a directory with a large upload, and a small upload whose files need not be on the disk. */
async function served(): Promise<Store> {
  const store = opened(temporaryDirectory())
  await commit(store, small, large)
  expect(listUnsynced(store.dataDir)).toEqual([1])
  return store
}

function copyAll(copy: DirectoryCopy): CopiedFiles {
  for (const steps = copy.copyFiles(); ; ) {
    const step = steps.next()
    if (step.done) return step.value
  }
}

function run(begin: () => DirectoryCopy): CopiedFiles {
  const copy = begin()
  try {
    const files = copyAll(copy)
    copy.finish()
    return files
  } finally {
    copy.close()
  }
}

const backUp = (dataDir: string, backup: string) => run(() => beginBackup(dataDir, backup))
const restore = (backup: string, dataDir: string) => run(() => beginRestore(backup, dataDir))

/** Returns the content of a directory: its rows with their checksums, and the bytes of their files. */
function heldBy(dataDir: string) {
  const held = listUploads(dataDir).map(upload => ({
    upload,
    checksums: readChecksums(dataDir, upload.id),
    files: formats.map(format => readFileSync(storedFile(dataDir, upload.id, format))),
  }))
  closeDatabase(dataDir)
  return held
}

function damagesOf(dataDir: string): string[] {
  return readUploads(dataDir).flatMap(upload => {
    const check = verifyUpload(dataDir, upload)
    for (;;) {
      const { done, value } = check.next()
      if (done) return value.map(({ problem }) => problem)
    }
  })
}

test('a backup has a generation of its own, so that an older catalogue does not fit to it', async () => {
  const store = await served()
  const before = generationOfDirectory(store.dataDir) as number
  const backup = temporaryDirectory()
  backUp(store.dataDir, backup)
  expect(generationOfDirectory(backup)).toBe(before + 1)
})

test('an upload that is deleted while a backup is made is not in the backup', async () => {
  const store = await served()
  await commit(store, large, large)
  const backup = temporaryDirectory()
  const files = run(() => {
    const copy = beginBackup(store.dataDir, backup)
    for (const id of [1, 2, 3]) removeRow(store.dataDir, id)
    removeFiles(store.dataDir, [1, 2])
    return copy
  })
  // The backup has the contents of upload 1, and the files of upload 3 were still there.
  expect(files).toEqual({ linked: 4, copied: 2 })
  expect(heldBy(backup).map(({ upload }) => upload.id)).toEqual([1, 3, 4])
  expect(damagesOf(backup)).toEqual([])
  expect(storedNames(backup)).toHaveLength(6)
})

test('a backup of a served directory is restored as an ordinary data directory with the same uploads', async () => {
  const store = await served()
  const [backup, dataDir] = [temporaryDirectory(), join(temporaryDirectory(), 'new', 'data')]
  expect(backUp(store.dataDir, backup)).toEqual({ linked: 2, copied: 2 })
  const held = heldBy(store.dataDir)
  expect(heldBy(backup)).toEqual(held)
  expect(restore(backup, dataDir)).toEqual({ linked: 4, copied: 0 })
  expect(heldBy(dataDir)).toEqual(held)
  const restored = opened(dataDir)
  expect(restored.hasUnsynced).toBe(false)
  await commit(restored, small)
  expect((await restored.catalogue.snapshot()).uploads.length).toBe(3)
  // Changes in the restored directory do not reach the backup.
  expect(heldBy(backup)).toEqual(held)
})

test('names and notes are in the backup and in what is restored of it', async () => {
  const store = opened(temporaryDirectory())
  commitUpload(store.dataDir, await receive(store, 'x\n+1\n'), receivedAt, { name: 'größe.csv' })
  const [backup, dataDir] = [temporaryDirectory(), join(temporaryDirectory(), 'data')]
  backUp(store.dataDir, backup)
  restore(backup, dataDir)
  for (const directory of [backup, dataDir]) {
    expect(listUploads(directory).map(({ name }) => name)).toEqual(['größe.csv'])
    expect([...notedTexts(directory, findColumn(directory, 'x')).integers]).toEqual([1])
    closeDatabase(directory)
  }
})

test('files that a start may write again are not shared with a backup', async () => {
  const { dataDir } = await served()
  const backup = temporaryDirectory()
  backUp(dataDir, backup)
  const shared = [1, 2].map(id =>
    formats.map(
      format =>
        statSync(storedFile(dataDir, id, format)).ino === statSync(storedFile(backup, id, format)).ino,
    ),
  )
  expect(shared).toEqual([
    [false, false],
    [true, true],
  ])
  expect(listUnsynced(backup)).toEqual([])
})

test('an upload that is committed after a backup began is not in the backup, and neither are its files', async () => {
  const store = await served()
  const backup = temporaryDirectory()
  const copy = beginBackup(store.dataDir, backup)
  await commit(store, small, large)
  copyAll(copy)
  copy.finish()
  copy.close()
  expect(listUploads(backup).map(({ id }) => id)).toEqual([1, 2])
  expect(storedNames(backup)).toEqual([
    '00000001.csv',
    '00000001.parquet',
    '00000002.csv',
    '00000002.parquet',
  ])
  expect(damagesOf(backup)).toEqual([])
})

test('files that are damaged or missing are found in the copy', async () => {
  const { dataDir } = await served()
  rmSync(storedFile(dataDir, 2, 'csv'))
  writeFileSync(storedFile(dataDir, 2, 'parquet'), 'x')
  const backup = temporaryDirectory()
  const copy = beginBackup(dataDir, backup)
  copyAll(copy)
  copy.close()
  expect(damagesOf(backup)).toEqual([
    `${storedFile(backup, 2, 'csv')} is missing`,
    expect.stringContaining(`${storedFile(backup, 2, 'parquet')} has 1 bytes`),
  ])
})

test.each(fixtures)('a directory of an earlier version is copied, and migrated in the copy: %s', fixture => {
  const dataDir = unpackFixture(fixture)
  const before = readFileSync(catalogueFile(dataDir))
  const [backup, restored] = [temporaryDirectory(), temporaryDirectory()]
  backUp(dataDir, backup)
  expect(readFileSync(catalogueFile(dataDir))).toEqual(before)
  restore(backup, restored)
  expect(damagesOf(restored)).toEqual([])
  const stored = listUploads(restored).map(({ id, rows, csvBytes }) => ({ id, rows, csvBytes }))
  expect(stored).toEqual(readFacts().uploads.map(({ id, rows, csvBytes }) => ({ id, rows, csvBytes })))
})

test('a damaged row is named, and the copy that holds it is not a backup', async () => {
  const { dataDir } = await served()
  change(dataDir, 0, ({ database }) => database.exec('UPDATE uploads SET rows = rows + 1 WHERE id = 2'))
  const copy = beginBackup(dataDir, temporaryDirectory())
  expect(thrown(() => copyAll(copy))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('upload 2'),
  })
  copy.close()
})

test('a catalogue that is put back into a restored directory is recognised as an older one', async () => {
  const store = await served()
  const [backup, dataDir] = [temporaryDirectory(), temporaryDirectory()]
  backUp(store.dataDir, backup)
  restore(backup, dataDir)
  const older = readFileSync(catalogueFile(dataDir))
  opened(dataDir).close()
  writeFileSync(catalogueFile(dataDir), older)
  expect(thrown(() => openStore(dataDir))).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('older'),
  })
})

test('a backup is not served and not repaired', async () => {
  const backup = temporaryDirectory()
  backUp((await served()).dataDir, backup)
  const message = `${backup} is a backup: turn it into a data directory with \`table-cli restore ${backup}\``
  for (const use of [
    () => openStore(backup),
    () => beginRepair(backup),
    () => beginBackup(backup, temporaryDirectory()),
  ])
    expect(thrown(use)).toMatchObject({ code: 'unusable', message })
})

test('only an empty directory becomes a backup or is restored, and nothing is written to another', async () => {
  const { dataDir } = await served()
  const [backup, filled] = [temporaryDirectory(), temporaryDirectory()]
  backUp(dataDir, backup)
  mkdirSync(join(filled, 'files'))
  for (const begin of [() => beginBackup(dataDir, filled), () => beginRestore(backup, filled)])
    expect(thrown(begin)).toMatchObject({
      code: 'unusable',
      message: `${filled} is not empty: name a directory that is empty or does not exist yet`,
    })
  expect(readdirSync(filled)).toEqual(['files'])
})

test('no copy is made inside the directory that is copied', async () => {
  const { dataDir } = await served()
  const backup = temporaryDirectory()
  backUp(dataDir, backup)
  for (const [from, begin] of [
    [dataDir, beginBackup],
    [backup, beginRestore],
  ] as const)
    for (const folder of ['monday', 'query'])
      expect(thrown(() => begin(from, join(from, folder)))).toMatchObject({
        code: 'unusable',
        message: `${join(from, folder)} is inside ${from}: name a directory beside it`,
      })
  expect(existsSync(join(dataDir, 'monday'))).toBe(false)
  // A name that begins like the directory's is another directory.
  const beside = `${dataDir}-backup`
  onTestFinished(() => rmSync(beside, { recursive: true }))
  backUp(dataDir, beside)
})

test('only a backup is restored', async () => {
  const { dataDir } = await served()
  const nothing = temporaryDirectory()
  for (const path of [dataDir, nothing, join(nothing, 'missing')])
    expect(thrown(() => beginRestore(path, join(nothing, 'data')))).toMatchObject({
      code: 'unusable',
      message: `${path} is not a backup: name a directory that \`table-cli backup\` made`,
    })
  expect(thrown(() => beginBackup(nothing, join(nothing, 'backup'))).message).toBe(
    `${catalogueFile(nothing)} is missing or empty: name the data directory of a server`,
  )
  expect(readdirSync(nothing)).toEqual([])
})

test('the catalogue and all names are on the disk before the backup is said to be complete', async () => {
  const { dataDir } = await served()
  const backup = temporaryDirectory()
  const steps = operationsOf(() => backUp(dataDir, backup)).filter(
    step => !/^(read|size|list|open|close) /.test(step),
  )
  const last = (step: string) => steps.lastIndexOf(step)
  const complete = last('rename backup')
  for (const step of ['sync 00000001.csv', 'sync files', 'sync catalogue.db', 'sync backup.new'])
    expect([step, last(step) >= 0 && last(step) < complete]).toEqual([step, true])
  expect(last('insert catalogue.db')).toBeLessThan(last('sync catalogue.db'))
  expect(last('sync 00000001.parquet')).toBeLessThan(last('sync files'))
})

describe('whichever operation fails,', () => {
  test.each(['backup', 'restore'] as const)(
    'an interrupted %s is neither served nor restored, and what it copies is as before',
    async what => {
      const { dataDir } = await served()
      const backup = join(temporaryDirectory(), 'backup')
      backUp(dataDir, backup)
      const [from, make] = what === 'backup' ? [dataDir, backUp] : [backup, restore]
      const held = heldBy(from)
      const operations = operationsOf(() => make(from, join(temporaryDirectory(), 'to')))
      expect(operations.length).toBeGreaterThan(20)
      for (const [failing, name] of operations.entries()) {
        const to = join(temporaryDirectory(), 'to')
        let done = 0
        observeFileOperations(() => {
          if (done++ === failing) throw new Error('failed on purpose')
        })
        expect(thrown(() => make(from, to)).message, name).toBe('failed on purpose')
        observeFileOperations(undefined)
        expect(heldBy(from)).toEqual(held)
        // A directory with nothing but the lock counts as empty.
        if (!existsSync(backupMark(to)) && !existsSync(catalogueFile(to))) continue
        const complete = what === 'backup' && readFileSync(backupMark(to), 'utf8') === 'complete\n'
        if (complete || !existsSync(backupMark(to))) {
          // Only the sync of the last name has failed.
          expect(operations.length - failing).toBe(1)
          continue
        }
        const incomplete = {
          code: 'unusable',
          message: `${to} is an incomplete backup or restored directory: remove it and make it again`,
        }
        expect(
          thrown(() => openStore(to)),
          name,
        ).toMatchObject(incomplete)
        expect(
          thrown(() => beginRestore(to, join(to, 'data'))),
          name,
        ).toMatchObject(incomplete)
      }
    },
    60_000,
  )
})

const mayMount = spawnSync('mount', ['--version']).status === 0 && process.getuid?.() === 0

test.skipIf(!mayMount)('between file systems files are copied, also from a read-only one', async () => {
  const disk = temporaryDirectory()
  execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=16m', 'tmpfs', disk])
  onTestFinished(() => void execFileSync('umount', ['--lazy', disk]))
  const { dataDir } = await served()
  const held = heldBy(dataDir)
  const backup = join(disk, 'backup')
  expect(backUp(dataDir, backup)).toEqual({ linked: 0, copied: 4 })
  expect(heldBy(backup)).toEqual(held)
  // Reading the catalogue has put it into WAL mode, so make a new backup that nobody has opened.
  rmSync(backup, { recursive: true })
  backUp(dataDir, backup)
  execFileSync('mount', ['-o', 'remount,ro', disk])
  const restored = temporaryDirectory()
  expect(restore(backup, restored)).toEqual({ linked: 0, copied: 4 })
  expect(heldBy(restored)).toEqual(held)
})
