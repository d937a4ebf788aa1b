// A worker thread that inserts `count` rows as fast as it can.
import { workerData } from 'node:worker_threads'
import { insertUpload } from '../../src/catalogue/database.ts'

const { dataDir, firstId, count } = workerData as { dataDir: string; firstId: number; count: number }
const checksums = { csv: new Uint8Array(16), parquet: new Uint8Array(16) }

for (let n = 0; n < count; n++) {
  const upload = {
    id: firstId + n,
    receivedAt: '2026-01-02T03:04:05.678Z',
    rows: 1,
    csvBytes: 10,
    parquetBytes: 20,
    footerBytes: 8,
    footerCrc: -1,
    rowGroups: 1,
    csvCuts: [],
    columns: [
      { name: 'x', type: 'int64' as const },
      { name: 'größe, "m"', type: 'text' as const },
    ],
  }
  insertUpload(dataDir, upload, { checksums })
}
