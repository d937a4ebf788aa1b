// Shows what it costs gRPC that HTTP has the same port: node bench/sharedPort.ts. Asks a server with HTTP and one with `--http off` in turn.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TableClient } from '@table/proto'
import { courseLoad } from './loads/course.ts'
import { answered, startOurServer, upload } from './ourServer.ts'
import { cpuTime, killAll } from './processes.ts'
import { median, timed } from './times.ts'

const ROUNDS = 40
const SUMS = 200
const UPLOADS = 2

const scratch = mkdtempSync(join(tmpdir(), 'table-port-'))
process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 })
})
process.on('SIGINT', () => process.exit(130))

const { files } = courseLoad(join(scratch, 'csvs'), 1)
const csvData = readFileSync(files[0] as string)
const servers = await Promise.all(['on', 'off'].map(serve))
console.log(
  `${new Date().toISOString().slice(0, 16)}Z, ${cpus().length} cores, ${cpus()[0]?.model}, load average ${loadavg()[0]?.toFixed(2)} before\n`,
)
for (const { client } of servers) await upload(client, csvData)
for (let round = 0; round <= ROUNDS; round++)
  for (const server of round % 2 ? servers : servers.toReversed()) {
    const { client, sums, uploads, cpu } = server
    const before = cpuTime(server.process.pid as number)
    for (let i = 0; i < SUMS; i++) sums.push(await timed(() => sum(client)))
    cpu.push((cpuTime(server.process.pid as number) - before) / SUMS)
    for (let i = 0; i < UPLOADS; i++) uploads.push(await timed(() => upload(client, csvData)))
    if (round === 0) for (const times of [sums, uploads, cpu]) times.length = 0 // the first round warms up
  }
console.log('| | ColSum, ms | CPU of it, ms | upload of 3.4 MiB, ms |\n| --- | --: | --: | --: |')
for (const { http, sums, cpu, uploads } of servers)
  console.log(
    `| \`--http ${http}\` | ${median(sums).toFixed(3)} | ${mean(cpu).toFixed(3)} | ${median(uploads).toFixed(1)} |`,
  )
process.exit()

async function serve(http: string) {
  const server = await startOurServer(join(scratch, http), '--http', http)
  return { http, ...server, sums: [] as number[], uploads: [] as number[], cpu: [] as number[] }
}

function sum(client: TableClient): Promise<void> {
  return answered(done => client.colSum({ column: 'x', format: 'parquet' }, done))
}

function mean(times: number[]): number {
  return times.reduce((all, time) => all + time, 0) / times.length
}
