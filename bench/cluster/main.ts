// Measures a cluster on this machine beside a server alone: uploads, sums beside the engine's own time for the same plan, and how both grow
// with the number of servers.
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { SparkConnect } from '../../libs/cluster/src/engine/sparkConnect.ts'
import { findCredentials } from '../../libs/cluster/src/objects/credentials.ts'
import { readLocation } from '../../libs/cluster/src/objects/location.ts'
import { ObjectStore } from '../../libs/cluster/src/objects/objectStore.ts'
import { freePort, ProcessPart } from '../../scripts/cluster/part.ts'
import { startParts } from '../../scripts/cluster/parts.ts'
import { courseLoad } from '../loads/course.ts'
import { progress } from '../progress.ts'
import { median, timed } from '../times.ts'
import { measureRates } from './rates.ts'

const ROUNDS = 5
const COLUMN = 'z'
const never = new AbortController().signal

const { values } = parseArgs({
  options: { batches: { type: 'string', default: '100' }, uploads: { type: 'string', default: '10000' } },
})
const batches = Number(values.batches)
const uploads = Number(values.uploads)
const scratch = mkdtempSync(join(tmpdir(), 'table-bench-cluster-'))
process.on('exit', () => rmSync(scratch, { recursive: true, force: true }))
const said = (name: string, ms: readonly number[]) =>
  `${name}: ${median(ms).toFixed(1)} (${Math.min(...ms).toFixed(1)}) ms`

progress('writing the files')
const load = courseLoad(join(scratch, 'csv'), batches)
const parts = await startParts()
const { store, deployment, startServer, close } = parts
try {
  console.log(
    `${new Date().toISOString().slice(0, 16)}Z, npm run clusters -- --batches ${batches} --uploads ${uploads}`,
  )
  const memory = (totalmem() / 2 ** 30).toFixed(1)
  console.log(
    `${cpus().length} cores, ${cpus()[0]?.model}, ${memory} GiB memory, load average ${loadavg()[0]?.toFixed(2)} before`,
  )
  console.log(`rows: ${load.rows}, CSV: ${(load.bytes / 2 ** 20).toFixed(0)} MiB; median (best)`)
  await measureUploads()
  await measureSums()
  await measureRates(parts, () => startAlone('tiny'), load, uploads)
} finally {
  await close()
}

/** Uploads the files one after the other, to a server alone and to a server of the cluster, and the objects alone to the store. */
async function measureUploads(): Promise<void> {
  const alone = await startAlone('data')
  const served = await startServer('server')
  const times: Record<'one machine' | 'cluster', number[]> = { 'one machine': [], cluster: [] }
  for (const file of load.files) {
    progress(`uploading ${file}`)
    const csv = readFileSync(file)
    times['one machine'].push(await timed(() => upload(alone.port, csv)))
    times.cluster.push(await timed(() => upload(served.port, csv)))
  }
  await alone.stop()
  for (const [name, ms] of Object.entries(times)) console.log(said(`upload, ${name}`, ms))
  Object.assign(process.env, store.credentials)
  store.bucket('alone')
  const objects = new ObjectStore(readLocation('s3://alone', store.endpoint), findCredentials())
  const files = ['csv', 'parquet'].map(format => filesOf(format))
  const puts: number[] = []
  for (let i = 0; i < batches; i++) {
    const both = files.map(paths => readFileSync(paths[i] ?? ''))
    puts.push(await timed(() => Promise.all(both.map((bytes, j) => objects.put(`${i}-${j}`, bytes)))))
  }
  console.log(said('both PUTs of an upload alone', puts))
}

/** Asks for sums through a server, and asks the engine itself, in turn. */
async function measureSums(): Promise<void> {
  const { port } = await startServer('server')
  const engine = new SparkConnect(deployment.engine)
  const columns = Object.entries(load.types).map(([name, type]) => ({ name, type }))
  const columnIndex = columns.findIndex(({ name }) => name === COLUMN)
  for (const format of ['csv', 'parquet'] as const) {
    const urls = filesOf(format).map(path => `s3://table${path.slice(store.bucket('table').length)}`)
    const question = { format, column: COLUMN, groups: [{ urls, columns, columnIndex, multiLine: false }] }
    const [ours, engines]: [number[], number[]] = [[], []]
    for (let round = 0; round <= ROUNDS; round++) {
      progress(`summing ${format}, round ${round}`)
      const one = await timed(async () => expectSum(await sumOf(port, format)))
      const other = await timed(async () => expectSum((await engine.columnSum(question, never)).sum))
      if (round === 0) continue // the engine keeps footers
      ours.push(one)
      engines.push(other)
    }
    console.log(said(`${format} sum of ${COLUMN}, through a server`, ours))
    console.log(said(`${format} sum of ${COLUMN}, the engine alone`, engines))
    console.log(`${format}: ${(median(ours) / median(engines)).toFixed(2)} times the engine's own time`)
  }
  engine.close()
}

function filesOf(format: string): string[] {
  const folder = store.bucket('table')
  const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  return names.filter(name => name.endsWith(`.${format}`)).map(name => join(folder, name))
}

async function startAlone(data: string): Promise<ProcessPart> {
  const port = await freePort()
  const server = new ProcessPart({
    name: 'a server alone',
    port,
    command: join(import.meta.dirname, '../../apps/server/start'),
    args: ['--port', `${port}`, '--data-dir', join(scratch, data)],
    env: { PATH: `${join(process.execPath, '..')}:${process.env.PATH}` },
  })
  await server.start()
  return server
}

async function upload(port: number, body: Buffer<ArrayBuffer>): Promise<void> {
  const url = `http://127.0.0.1:${port}/uploads/${crypto.randomUUID()}`
  const answer = await fetch(url, { method: 'PUT', body })
  if (!answer.ok) throw new Error(await answer.text())
  await answer.text()
}

async function sumOf(port: number, format: string): Promise<bigint> {
  const answer = await fetch(`http://127.0.0.1:${port}/columns/${COLUMN}/sum?format=${format}`)
  return BigInt((await answer.json()).total)
}

function expectSum(sum: bigint): void {
  if (sum !== load.sums[COLUMN]) throw new Error(`found the sum ${sum}, expected ${load.sums[COLUMN]}`)
}
