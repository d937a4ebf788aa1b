import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closeDatabase, openStore } from '@table/storage'
import { commitUpload, removeFiles, removeRow } from '@table/storage/worker'
import { onTestFinished } from 'vitest'

/** A data directory. After each change it is as a server leaves it that was killed. */
export function dataDirectory() {
  const dataDir = mkdtempSync(join(tmpdir(), 'table-data-'))
  onTestFinished(() => {
    closeDatabase(dataDir)
    rmSync(dataDir, { recursive: true })
  })
  const start = () => openStore(dataDir, () => {}).close()
  const put = (id: number, csv: string, uploadId?: Uint8Array) => {
    start()
    commitUpload(dataDir, id, new Date().toISOString(), { held: Buffer.from(csv), uploadId })
  }
  const remove = (id: number) => {
    removeRow(dataDir, id)
    removeFiles(dataDir, [id])
  }
  return { dataDir, start, put, remove }
}
