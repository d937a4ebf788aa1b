import { whole } from '../../../../testing/conformance/questions.ts'
import type { ClusterTable } from '../../src/clusterTable.ts'
import { keyOf } from '../../src/objects/uploadObjects.ts'
import type { OpenCluster } from '../../src/openCluster.ts'

/** Returns what cuts, changes (at `place`) and deletes an object of upload 1. */
export async function damagesOf(
  { table, cluster }: { table: ClusterTable; cluster: OpenCluster },
  format: 'csv' | 'parquet',
  place: number,
): Promise<(() => Promise<unknown>)[]> {
  const key = keyOf(cluster.uploads.particulars.get(1)?.object ?? '', format)
  const before = await whole((await table.open(1, format))?.parts())
  const changed = Buffer.from(before)
  changed[place] = (changed[place] ?? 0) ^ 1
  return [
    () => cluster.objects.put(key, before.subarray(0, -1)),
    () => cluster.objects.put(key, changed),
    () => cluster.objects.delete(key),
  ]
}
