import type { ServerContestant } from './contestants/contestant.ts'
import { startInProcess } from './contestants/inProcess.ts'
import { filesIn, mebibytes, mebibytesOf, withExtension } from './files.ts'
import { limitThreads, timeReading } from './limits.ts'
import type { Load } from './loads/load.ts'
import { type Results, record } from './results.ts'
import { rounds } from './rounds.ts'
import { checkSums, measureSums } from './sums.ts'
import { measureUploads } from './uploads.ts'

export interface Servers {
  ours: ServerContestant
  reference: ServerContestant
}

/** Uploads the load to both servers, and sums it with every contestant. */
export async function compare(load: Load, { ours, reference }: Servers): Promise<Results> {
  const results: Results = new Map()
  const servers = [ours, reference]
  const before = new Map(servers.map(server => [server, filesIn(server.dataDir)]))
  const newFiles = (server: ServerContestant, extension: string) =>
    withExtension(filesIn(server.dataDir).difference(before.get(server) ?? new Set()), extension)

  for (const server of servers) server.forgetPeak()
  await measureUploads(results, servers, load.files, 1)
  for (const server of servers) {
    record(results, 'CSV on disk, MiB', server.name, mebibytesOf(newFiles(server, '.csv')))
    record(results, 'Parquet on disk, MiB', server.name, mebibytesOf(newFiles(server, '.parquet')))
  }

  // The libraries read the files that pyarrow wrote.
  const files = { csv: load.files, parquet: newFiles(reference, '.parquet') }
  const libraries = [
    startInProcess('DuckDB, sniffing', 'duckdb_worker.py', files),
    startInProcess('DuckDB, typed', 'duckdb_worker.py', files, load.types),
    startInProcess('Polars', 'polars_worker.py', files, load.types),
  ]
  const contestants = [...servers, ...libraries]
  await measureSums(results, contestants, load.sums)
  for (const { name, peakBytes } of contestants)
    record(results, 'peak RSS, MiB', name, mebibytes(peakBytes()))
  for (const library of libraries) library.stop()
  return results
}

/** Uploads a load a second time, with 8 clients. */
export async function compareManyClients(
  results: Results,
  load: Load,
  { ours, reference }: Servers,
): Promise<void> {
  const servers = [ours, reference]
  for (const server of servers) server.forgetPeak()
  await measureUploads(results, servers, load.files, 8)
  for (const { name, peakBytes } of servers)
    record(results, 'peak RSS, 8 clients, MiB', name, mebibytes(peakBytes()))
  const twice = Object.entries(load.sums).map(([column, total]) => [column, 2n * total])
  await checkSums(servers, Object.fromEntries(twice))
}

/** Measures how long it takes to read the files without looking at a byte. */
export async function addLimit(results: Results, load: Load, { ours }: Servers): Promise<void> {
  const times = await timeReading(load.files, rounds)
  record(results, `limit: ${limitThreads} read the CSVs, ms`, ours.name, ...times)
}
