import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { CsvBody, UploadOptions, UploadResult } from '@table/table'
import { onTestFinished } from 'vitest'
import { bucket, database, parts } from '../../../../testing/cluster/shared.ts'
import { ClusterTable } from '../../src/clusterTable.ts'
import type { Engine } from '../../src/engine/engine.ts'
import { inlineWorkers } from '../../src/inlineWorkers.ts'
import { type OpenCluster, openCluster } from '../../src/openCluster.ts'

/** A deployment of its own: an empty database and an empty bucket. */
export interface Deployment {
  catalogue: string
  objects: string
  /** The folder that has the objects as files. */
  folder: string
}

export const never = new AbortController().signal

export function newDeployment(): Deployment {
  const { name, folder } = bucket()
  return { catalogue: database(), objects: `s3://${name}/table`, folder: join(folder, 'table') }
}

/** Opens a server's part of a deployment. */
export async function opened(
  { catalogue, objects }: Deployment = newDeployment(),
  engine?: Engine,
  engineSql = false,
): Promise<{ table: ClusterTable; cluster: OpenCluster }> {
  Object.assign(process.env, parts.credentials)
  const spool = mkdtempSync(join(tmpdir(), 'table-spool-'))
  const s3Endpoint = parts.endpoint
  const options = { catalogue, objects, s3Endpoint, spool, workers: inlineWorkers, engine, engineSql }
  const cluster = await openCluster(options)
  onTestFinished(async () => {
    await cluster.close()
    rmSync(spool, { recursive: true })
  })
  return { table: new ClusterTable(cluster), cluster }
}

export async function* bodyOf(...texts: (string | Uint8Array)[]): CsvBody {
  for (const text of texts) yield Buffer.from(text)
}

export function uploaded(
  table: ClusterTable,
  csv: string,
  options: UploadOptions = {},
): Promise<UploadResult> {
  return table.upload(bodyOf(csv), options, never)
}
