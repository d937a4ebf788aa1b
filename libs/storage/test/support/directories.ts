import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'
import { onTestFinished } from 'vitest'
import { closeDatabase } from '../../src/catalogue/connection.ts'
import { insertUpload, type Particulars } from '../../src/catalogue/database.ts'
import { openCatalogue } from '../../src/catalogue/opening.ts'
import type { Upload } from '../../src/catalogue/upload.ts'
import type { ListedUpload } from '../../src/catalogue/uploadList.ts'
import { openStore, type Store } from '../../src/directory/store.ts'
import { observeFileOperations } from '../../src/files.ts'
import { filesDirectory, incomingDirectory, incomingFile, storedFile } from '../../src/paths.ts'

/** Makes an empty directory that is removed after the test. */
export function temporaryDirectory(): string {
  const path = mkdtempSync(join(tmpdir(), 'table-storage-'))
  onTestFinished(() => {
    observeFileOperations(undefined)
    closeDatabase(path)
    rmSync(path, { recursive: true, force: true })
  })
  return path
}

/** Makes a directory with an empty catalogue. */
export function emptyCatalogue(): string {
  const dataDir = temporaryDirectory()
  mkdirSync(filesDirectory(dataDir))
  openCatalogue(dataDir, console.error)
  return dataDir
}

/** Opens a store that is closed after the test. `say` gets what the start says. */
export function opened(dataDir: string, say?: (line: string) => void): Store {
  const store = openStore(dataDir, say)
  onTestFinished(() => store.close())
  return store
}

export function uploadOf(id: number, more: Partial<Upload> = {}): Upload {
  return {
    id,
    receivedAt: '2026-01-02T03:04:05.678Z',
    rows: 1,
    csvBytes: 10,
    parquetBytes: 20,
    footerBytes: 8,
    footerCrc: -1,
    rowGroups: 1,
    csvCuts: [],
    columns: [
      { name: 'x', type: 'int64' },
      { name: 'größe, "m"', type: 'text' },
    ],
    schema: 1,
    ...more,
  }
}

/** Returns the uploads that sums see now. */
export async function listed(store: Store): Promise<ListedUpload[]> {
  const { uploads } = await store.catalogue.snapshot()
  return Array.from(uploads, upload => ({ ...upload }))
}

export async function listedIds(store: Store): Promise<number[]> {
  return (await listed(store)).map(({ id }) => id)
}

/** The parts of a row that no test looks at. */
export const noChecksums: Particulars = {
  checksums: { csv: new Uint8Array(16), parquet: new Uint8Array(16) },
}

/** Commits an upload of given sizes the short way: files of zeros, then the row. */
export function putUpload(dataDir: string, upload: Upload): void {
  writeFileSync(storedFile(dataDir, upload.id, 'csv'), new Uint8Array(upload.csvBytes))
  writeFileSync(storedFile(dataDir, upload.id, 'parquet'), new Uint8Array(upload.parquetBytes))
  insertUpload(dataDir, upload, noChecksums)
}

export function storedNames(dataDir: string): string[] {
  return readdirSync(filesDirectory(dataDir)).sort()
}

export function incomingNames(dataDir: string): string[] {
  return readdirSync(incomingDirectory(dataDir)).sort()
}

/** Returns what `run` throws. */
export function thrown(run: () => unknown): Error & { code?: string } {
  try {
    run()
  } catch (error) {
    return error as Error
  }
  throw new Error('it did not throw')
}

/** Puts a received CSV where `commitUpload` looks for it. Returns the upload's id. */
export async function receive(store: Store, csv: string): Promise<number> {
  const id = await store.catalogue.reserve()
  writeFileSync(incomingFile(store.dataDir, id, 'csv'), csv)
  return id
}

/** Returns the kind and the file of every operation of this thread while `run` runs. */
export function operationsOf(run: () => unknown): string[] {
  const seen: string[] = []
  observeFileOperations(({ kind, path }) => {
    seen.push(`${kind} ${basename(path)}`)
  })
  run()
  observeFileOperations(undefined)
  return seen
}
