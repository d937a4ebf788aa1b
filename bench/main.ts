// Our server and its peers, side by side on the same files: one table on stdout, progress on stderr.
import { mkdtempSync, readdirSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { parseArgs } from 'node:util'
import type { Contestant, Format, ServerContestant } from './contestants/contestant.ts'
import { startInProcess } from './contestants/inProcess.ts'
import { startServer } from './contestants/server.ts'
import { courseLoad, type Load } from './load.ts'
import { killAll } from './processes.ts'
import { formatTable, type Results, record } from './results.ts'
import { surroundings } from './surroundings.ts'
import { coursePython } from './worker.ts'

const rounds = 5
const formats: readonly Format[] = ['csv', 'parquet']
const scratch = mkdtempSync(join(tmpdir(), 'table-bench-'))

process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 }) // a server that was just killed may still end a write
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

try {
  const batches = readBatches()
  console.log(`${surroundings(`npm run bench -- --batches ${batches}`)}\n`)
  progress(`writing the load into ${scratch}`)
  const load = courseLoad(join(scratch, 'load'), batches)
  console.log(
    `${load.name}: ${load.files.length} files, ${load.rows} rows, ${mebibytes(load.bytes).toFixed(0)} MiB`,
  )
  const { results, names } = await run(load)
  console.log(`median (best) of ${rounds} rounds; ratio: ours divided by the peer's, below 1 is better\n`)
  console.log(formatTable(results, names))
  process.exit()
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

async function run(load: Load): Promise<{ results: Results; names: string[] }> {
  const results: Results = new Map()
  const ours = await startServer(
    'ours',
    [process.execPath, '--max-semi-space-size=1', inRepository('apps/server/src/main.ts')],
    join(scratch, 'ours'),
  )
  const reference = await startServer(
    'Python server',
    [coursePython, inRepository('bench/reference_server.py')],
    join(scratch, 'reference'),
  )
  const servers = [ours, reference]

  await uploadAll(results, servers, load, 1)
  for (const server of servers) {
    record(results, 'CSV on disk, MiB', server.name, mebibytes(sizeOnDisk(server.dataDir, '.csv')))
    record(results, 'Parquet on disk, MiB', server.name, mebibytes(sizeOnDisk(server.dataDir, '.parquet')))
  }

  // The libraries read the files that pyarrow wrote.
  const files = { csv: load.files, parquet: filesIn(reference.dataDir, '.parquet') }
  const contestants = [
    ...servers,
    startInProcess('DuckDB, sniffing', 'duckdb_worker.py', files),
    startInProcess('DuckDB, typed', 'duckdb_worker.py', files, load.types),
    startInProcess('Polars', 'polars_worker.py', files, load.types),
  ]
  for (let round = 0; round < rounds; round++) {
    progress(`sums, round ${round + 1} of ${rounds}`)
    for (const format of formats)
      for (const column of Object.keys(load.sums))
        for (const contestant of inTurn(contestants, round)) {
          const ms = await checkedSum(contestant, load, column, format, 1n)
          record(results, `${format} sum of ${column}, ms`, contestant.name, ms)
        }
  }
  for (const { name, peakBytes } of contestants)
    record(results, 'peak RSS, 1 client, MiB', name, mebibytes(peakBytes()))

  await uploadAll(results, servers, load, 8)
  progress('sums of everything, now there twice')
  for (const server of servers)
    for (const format of formats)
      for (const column of Object.keys(load.sums)) await checkedSum(server, load, column, format, 2n)
  for (const { name, peakBytes } of servers)
    record(results, 'peak RSS, 8 clients, MiB', name, mebibytes(peakBytes()))
  return { results, names: contestants.map(({ name }) => name) }
}

/** Uploads the whole load to each server, a part of it each round. */
async function uploadAll(
  results: Results,
  servers: readonly ServerContestant[],
  { files }: Load,
  clients: number,
) {
  for (let round = 0; round < rounds; round++) {
    const part = files.slice((files.length * round) / rounds, (files.length * (round + 1)) / rounds)
    if (part.length === 0) continue
    progress(`uploads from ${clients} at once, round ${round + 1} of ${rounds}`)
    for (const server of inTurn(servers, round)) {
      const ms = await server.upload(part, clients)
      record(
        results,
        `upload, ${clients === 1 ? '1 client' : `${clients} clients`}, ms each`,
        server.name,
        ms / part.length,
      )
    }
  }
}

/** Resolves with the ms. A wrong answer is an error: it makes every number beside it worthless. */
async function checkedSum(
  contestant: Contestant,
  load: Load,
  column: string,
  format: Format,
  copies: bigint,
) {
  const { ms, total } = await contestant.sum(column, format)
  const expected = (load.sums[column] ?? 0n) * copies
  if (total !== expected)
    throw new Error(`${contestant.name}: the ${format} sum of ${column} is ${total}, expected ${expected}`)
  return ms
}

/** Each round begins with another contestant, so that none always runs in the wake of the same one. */
function inTurn<T>(contestants: readonly T[], round: number): T[] {
  const first = round % contestants.length
  return [...contestants.slice(first), ...contestants.slice(0, first)]
}

function filesIn(directory: string, extension: string): string[] {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return names.filter(name => extname(name) === extension).map(name => join(directory, name))
}

function sizeOnDisk(directory: string, extension: string): number {
  return filesIn(directory, extension).reduce((bytes, file) => bytes + statSync(file).size, 0)
}

function mebibytes(bytes: number): number {
  return bytes / 2 ** 20
}

function inRepository(path: string): string {
  return join(import.meta.dirname, '..', path)
}

function progress(what: string): void {
  console.error(`bench: ${what}`)
}

function readBatches(): number {
  try {
    const { values } = parseArgs({ options: { batches: { type: 'string', default: '100' } } })
    if (/^[1-9]\d{0,3}$/.test(values.batches)) return Number(values.batches)
    throw new Error(`--batches is ${values.batches}, expected a whole number from 1 to 9999`)
  } catch (error) {
    console.error(`bench: ${(error as Error).message}\nusage: npm run bench -- [--batches 100]`)
    process.exit(2)
  }
}
