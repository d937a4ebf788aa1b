// Measures queries of a server beside DuckDB in process over the same files, a large answer, and a table of many
// small uploads.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DuckDBInstance } from '@duckdb/node-api'
import type { TableClient } from '@table/proto'
import { mebibytes } from '../files.ts'
import { courseLoad } from '../loads/course.ts'
import { answered, startOurServer, upload } from '../ourServer.ts'
import { forgetPeak, kill, killAll, peakBytes } from '../processes.ts'
import { progress } from '../progress.ts'
import { median } from '../times.ts'

const { values } = parseArgs({
  options: {
    batches: { type: 'string', default: '100' },
    rounds: { type: 'string', default: '5' },
    uploads: { type: 'string', default: '1000' },
  },
})
const scratch = mkdtempSync(join(tmpdir(), 'table-query-'))
process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 })
})
process.on('SIGINT', () => process.exit(130))

const rows = 250_000 * Number(values.batches)
const questions = [
  'SELECT z % 1000 AS g, count(*), sum(y), max(z) FROM data GROUP BY g',
  'SELECT y, count(*) FROM data GROUP BY y',
  'SELECT count(*), sum(y) FROM data WHERE z BETWEEN 5000 AND 9999',
  'SELECT sum(x), avg(y) FROM data',
]
const large = 'SELECT y FROM data LIMIT 10000000'

console.log(
  `${new Date().toISOString().slice(0, 16)}Z, npm run query -- --batches ${values.batches} --rounds ${values.rounds} --uploads ${values.uploads}`,
)
console.log(`${cpus().length} cores, ${cpus()[0]?.model}, load average ${loadavg()[0]?.toFixed(2)} before\n`)

progress('uploading')
const { files } = courseLoad(join(scratch, 'csvs'), Number(values.batches))
const first = await startOurServer(join(scratch, 'large'))
for (const file of files) await upload(first.client, readFileSync(file))
const idle = peakOf(first.process)
forgetPeak(first.process)

const stored = join(scratch, 'large/files')
const names = readdirSync(stored).filter(name => name.endsWith('.parquet'))
const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2' })).connect()
await duckdb.run(
  `CREATE VIEW data AS FROM read_parquet([${names.map(name => `'${join(stored, name)}'`).join(', ')}])`,
)

console.log(`${rows} rows in ${files.length} uploads, median (best) of ${values.rounds} rounds, ms\n`)
for (const sql of questions) {
  const ours: number[] = []
  const inProcess: number[] = []
  for (let round = 0; round <= Number(values.rounds); round++) {
    progress(`round ${round}: ${sql}`)
    const mine = (await query(first.client, sql)).ms
    const start = performance.now()
    await duckdb.runAndReadAll(sql)
    const theirs = performance.now() - start
    if (round === 0) continue // the first round warms both up
    ours.push(mine)
    inProcess.push(theirs)
  }
  const ratio = (median(ours) / median(inProcess)).toFixed(2)
  console.log(`${sql}\n  ours ${shown(ours)}, DuckDB in process ${shown(inProcess)}: ${ratio}x`)
}
await compareStats(first.client, ['x', 'y', 'z'])
const answers = []
for (let round = 0; round < Number(values.rounds); round++) answers.push(await query(first.client, large))
const best = Math.max(...answers.map(({ bytes, ms }) => bytes / 1e3 / ms))
console.log(`${large}\n  ${((answers[0]?.bytes ?? 0) / 1e6).toFixed(0)} MB, ${best.toFixed(0)} MB/s at best`)
const child = childOf(first.process.pid)
console.log(
  `peak RSS: server idle ${idle}, with queries ${peakOf(first.process)}, the process with DuckDB ${peakOf({ pid: child })} MiB\n`,
)
kill(first.process)

progress(`uploading ${values.uploads} small files`)
const second = await startOurServer(join(scratch, 'small'))
for (let done = 0; done < Number(values.uploads); done += 8)
  await Promise.all(
    Array.from({ length: 8 }, (_, i) => upload(second.client, Buffer.from(`x,y\n${done + i},1\n2,3\n`))),
  )
const many = await query(second.client, 'SELECT count(*), sum(x) FROM data')
console.log(
  `${values.uploads} uploads of 2 rows: first part after ${many.first.toFixed(0)} ms, answer after ${(many.ms / 1000).toFixed(1)} s, the process with DuckDB ${peakOf({ pid: childOf(second.process.pid) })} MiB`,
)
process.exit()

function query(client: TableClient, sql: string): Promise<{ ms: number; first: number; bytes: number }> {
  const start = performance.now()
  let bytes = 0
  let first = 0
  return new Promise((resolve, reject) =>
    client
      .query({ sql })
      .on('data', ({ arrow, error }) => {
        if (error) reject(new Error(error))
        first ||= performance.now() - start
        bytes += arrow.length
      })
      .on('error', reject)
      .on('end', () => resolve({ ms: performance.now() - start, first, bytes })),
  )
}

/** Measures statistics of columns beside sums of the same columns, one after the other. */
async function compareStats(client: TableClient, columns: string[]): Promise<void> {
  for (const format of ['csv', 'parquet']) {
    const together: number[] = []
    const oneByOne: number[] = []
    for (let round = 0; round <= Number(values.rounds); round++) {
      const start = performance.now()
      for (const column of columns) await answered(done => client.colSum({ column, format }, done))
      const between = performance.now()
      await answered(done => client.stats({ columns, format }, done))
      if (round === 0) continue
      oneByOne.push(between - start)
      together.push(performance.now() - between)
    }
    const ratio = (median(together) / median(oneByOne)).toFixed(2)
    console.log(
      `${format}: statistics of ${columns} ${shown(together)}, sums of them in turn ${shown(oneByOne)}: ${ratio}x`,
    )
  }
}

/** Returns the process that answers SQL. */
function childOf(pid: number | undefined): number {
  const lines = execFileSync('ps', ['-eo', 'pid=,ppid=,args='], { encoding: 'utf8' }).split('\n')
  const found = lines.find(
    line => line.includes('/query/child.ts') && line.trim().split(/\s+/)[1] === String(pid),
  )
  return Number(found?.trim().split(/\s+/)[0])
}

function peakOf(of: { pid?: number | undefined }): string {
  return mebibytes(peakBytes(of as Parameters<typeof peakBytes>[0])).toFixed(0)
}

function shown(times: number[]): string {
  return `${median(times).toFixed(0)} (${Math.min(...times).toFixed(0)})`
}
