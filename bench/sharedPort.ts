// Shows what it costs gRPC that HTTP has the same port: node bench/sharedPort.ts. Asks a server with HTTP and one with `--http off` in turn.
import { mkdirSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { listeningAddress } from './contestants/server.ts'
import { startCommand } from './contestants/servers.ts'
import { courseLoad } from './loads/course.ts'
import { killAll, type Process, startProcess } from './processes.ts'

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
for (const { client } of servers) await upload(client)
for (let round = 0; round <= ROUNDS; round++)
  for (const server of round % 2 ? servers : servers.toReversed()) {
    const { client, sums, uploads, cpu } = server
    const before = processTime(server.process)
    for (let i = 0; i < SUMS; i++) sums.push(await timed(() => sum(client)))
    cpu.push((processTime(server.process) - before) / SUMS)
    for (let i = 0; i < UPLOADS; i++) uploads.push(await timed(() => upload(client)))
    if (round === 0) for (const times of [sums, uploads, cpu]) times.length = 0 // the first round warms up
  }
console.log('| | ColSum, ms | CPU of it, ms | upload of 3.4 MiB, ms |\n| --- | --: | --: | --: |')
for (const { http, sums, cpu, uploads } of servers)
  console.log(
    `| \`--http ${http}\` | ${median(sums).toFixed(3)} | ${mean(cpu).toFixed(3)} | ${median(uploads).toFixed(1)} |`,
  )
process.exit()

async function serve(http: string) {
  const dataDir = join(scratch, http)
  mkdirSync(dataDir)
  const [program, ...args] = startCommand()
  const server = startProcess(program, [...args, '--port', '0', '--data-dir', dataDir, '--http', http])
  const address = await listeningAddress(http, server.stdout)
  const client = new TableClient(address, credentials.createInsecure(), {
    'grpc.max_send_message_length': -1,
  })
  const times = { sums: [] as number[], uploads: [] as number[], cpu: [] as number[] }
  return { http, process: server, client, ...times }
}

function sum(client: TableClient): Promise<void> {
  return answered(done => client.colSum({ column: 'x', format: 'parquet' }, done))
}

function upload(client: TableClient): Promise<void> {
  return answered(done => client.upload({ csvData }, done))
}

function answered(
  call: (done: (failure: unknown, answer?: { error: string }) => void) => void,
): Promise<void> {
  return new Promise((resolve, reject) =>
    call((failure, answer) =>
      failure || answer?.error ? reject(failure ?? new Error(answer?.error)) : resolve(),
    ),
  )
}

async function timed(work: () => Promise<void>): Promise<number> {
  const start = performance.now()
  await work()
  return performance.now() - start
}

/** Returns the CPU time of a process in ms. */
function processTime({ pid }: Process): number {
  const [, rest = ''] = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ')
  const [user, system] = rest.split(' ').slice(11, 13)
  return 10 * (Number(user) + Number(system))
}

function median(times: number[]): number {
  return times.toSorted((a, b) => a - b)[times.length >> 1] ?? 0
}

function mean(times: number[]): number {
  return times.reduce((all, time) => all + time, 0) / times.length
}
