import { join } from 'node:path'
import { startOurs } from './contestants/servers.ts'
import { mebibytes } from './files.ts'
import { courseLoad, courseSums } from './loads/course.ts'
import { randomInt64Load } from './loads/randomInt64.ts'
import { progress } from './progress.ts'
import { type Results, record } from './results.ts'
import { measureSums } from './sums.ts'
import { measureUploads } from './uploads.ts'

/** Measures our server alone while the course's table grows from a quarter of the batches to twice as many. */
export async function measureGrowth(directory: string, batches: number): Promise<Results> {
  const quarter = Math.ceil(batches / 4)
  const sizes = [quarter, 2 * quarter, 4 * quarter, 8 * quarter]
  progress('growth: writing the files')
  const { files } = courseLoad(join(directory, 'growth'), 8 * quarter)
  const server = await startOurs(join(directory, 'growing'))
  await server.upload(randomInt64Load(join(directory, 'warmUp'), 1).files, 1)
  const results: Results = new Map()
  let uploaded = 0
  for (const size of sizes) {
    const name = `${size} batches`
    progress(`growth: ${name}`)
    await measureUploads(results, [{ ...server, name }], files.slice(uploaded, size), 1)
    uploaded = size
    const { x, z } = courseSums(size)
    await measureSums(results, [{ ...server, name }], { x, z })
    record(results, 'peak RSS, MiB', name, mebibytes(server.peakBytes()))
  }
  server.stop()
  return results
}
