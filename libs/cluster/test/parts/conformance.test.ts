import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe } from 'vitest'
import { parts } from '../../../../testing/cluster/shared.ts'
import { conformance } from '../../../../testing/conformance/conformance.ts'
import { queries } from '../../../../testing/conformance/queries.ts'
import { ClusterTable } from '../../src/clusterTable.ts'
import { SparkConnect } from '../../src/engine/sparkConnect.ts'
import { inlineWorkers } from '../../src/inlineWorkers.ts'
import { type OpenCluster, openCluster } from '../../src/openCluster.ts'
import { newDeployment } from '../support/table.ts'

describe.each(['kernels', 'engine'])('a cluster with %s', kind => {
  const spool = mkdtempSync(join(tmpdir(), 'table-spool-'))
  let cluster: OpenCluster
  let table: ClusterTable
  beforeAll(async () => {
    Object.assign(process.env, parts.credentials)
    const engine = kind === 'engine' ? new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`) : undefined
    const options = { s3Endpoint: parts.endpoint, spool, workers: inlineWorkers, engine, engineSql: true }
    cluster = await openCluster({ ...newDeployment(), ...options })
    table = new ClusterTable(cluster)
  })
  afterAll(async () => {
    await cluster.close()
    rmSync(spool, { recursive: true })
  })

  conformance(() => table)
  if (kind === 'engine') queries(() => table)
})
