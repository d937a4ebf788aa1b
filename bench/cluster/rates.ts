// Measures how many uploads and sums a second a cluster answers with one, two and three servers, beside a server alone, and how much CPU
// time each part takes for one of them.
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import type { Part, ProcessPart } from '../../scripts/cluster/part.ts'
import type { Parts } from '../../scripts/cluster/parts.ts'
import { courseSums } from '../loads/course.ts'
import type { Load } from '../loads/load.ts'
import { cpuTime } from '../processes.ts'
import { progress } from '../progress.ts'
import { inTurn, rounds } from '../rounds.ts'
import { median, timed } from '../times.ts'
import { sendAll, type Wanted } from './clients.ts'

const CLIENTS = 8
const MOST_SERVERS = 3
/** Files of the course's load that are summed. */
const FILES = 8
/** Sums in each round. */
const SUMS = 16

/** Servers that answer, and the parts that work for their answers. */
interface Contestant {
  name: string
  servers: readonly ProcessPart[]
  parts: Readonly<Record<string, Part>>
  /** How many answers it gave in a second of each round. */
  rates: number[]
  /** The CPU time of all rounds, in ms. */
  cpu: Record<string, number>
  answers: number
}

export async function measureRates(
  parts: Parts,
  startAlone: () => Promise<ProcessPart>,
  load: Load,
  uploads: number,
): Promise<void> {
  const alone = contestant('one machine', [await startAlone()], {})
  const { postgres, store, engine } = parts
  const deployment = await startServers(parts, 'tiny')
  const clusters = contestants(deployment, { PostgreSQL: postgres, store })
  const tiny = (count: number): Wanted[] => Array.from({ length: count }, (_, i) => upload(tinyCsv(i)))
  // Each server compiles its code before it is measured.
  const warmUp = Math.ceil(uploads / 10)
  for (const servers of [alone.servers, deployment])
    await sendAll(portsOf(servers), tiny(warmUp * servers.length), CLIENTS)
  await measure('tiny uploads', [alone, ...clusters], () => tiny(Math.ceil(uploads / rounds)))
  await expectUploads(alone.servers, warmUp + alone.answers)
  const all = clusters.reduce((sum, { answers }) => sum + answers, 0)
  await expectUploads(deployment, warmUp * MOST_SERVERS + all)
  await Promise.all([...alone.servers, ...deployment].map(server => server.stop()))

  const servers = await startServers(parts, 'sums')
  const files = load.files.slice(0, FILES).map(file => upload(readFileSync(file, 'utf8')))
  await sendAll(portsOf(servers), files, 1)
  const total = String(courseSums(files.length).z)
  for (const format of ['csv', 'parquet']) {
    const sum: Wanted = {
      method: 'GET',
      path: `/columns/z/sum?format=${format}`,
      check(answer) {
        if (answer.total !== total) throw new Error(`found the sum ${answer.total}, expected ${total}`)
      },
    }
    const some = Array.from({ length: SUMS }, () => sum)
    await sendAll(portsOf(servers), some, CLIENTS)
    await measure(
      `${format} sums of ${files.length} files`,
      contestants(servers, { PostgreSQL: postgres, store, engine }),
      () => some,
    )
  }
  await Promise.all(servers.map(server => server.stop()))
}

/** Starts the servers of a deployment of its own. */
function startServers({ postgres, store, deployment, startServer }: Parts, name: string) {
  store.bucket(name)
  const own = { ...deployment, catalogue: postgres.database(name), objects: `s3://${name}` }
  return Promise.all(Array.from({ length: MOST_SERVERS }, (_, i) => startServer(`server ${i + 1}`, own)))
}

/** The same cluster with one of its servers, with two, and so on. */
function contestants(servers: readonly ProcessPart[], parts: Readonly<Record<string, Part>>): Contestant[] {
  return servers.map((_, i) =>
    contestant(`${i + 1} server${i > 0 ? 's' : ''}`, servers.slice(0, i + 1), parts),
  )
}

function contestant(
  name: string,
  servers: readonly ProcessPart[],
  parts: Readonly<Record<string, Part>>,
): Contestant {
  return { name, servers, parts, rates: [], cpu: {}, answers: 0 }
}

/** Measures the contestants in turn, and prints a line for each, then the growth. */
async function measure(
  what: string,
  contestants: readonly Contestant[],
  wanted: () => Wanted[],
): Promise<void> {
  for (let round = 0; round < rounds; round++)
    for (const one of inTurn(contestants, round)) {
      progress(`${what}, ${one.name}: round ${round + 1} of ${rounds}`)
      const some = wanted()
      const before = new Map(cpuOf(one))
      const ms = await timed(() => sendAll(portsOf(one.servers), some, CLIENTS))
      one.rates.push((1000 * some.length) / ms)
      one.answers += some.length
      for (const [part, ms] of cpuOf(one)) one.cpu[part] = (one.cpu[part] ?? 0) + ms - (before.get(part) ?? 0)
    }
  for (const { name, rates, cpu, answers } of contestants) {
    const each = Object.entries(cpu).map(([part, ms]) => `${part} ${(ms / answers).toFixed(2)}`)
    const rate = `${median(rates).toFixed(1)} (${Math.max(...rates).toFixed(1)}) a second`
    console.log(`${what}, ${name}: ${rate}; CPU ms of each: ${each.join(', ')}`)
  }
  const clusters = contestants.slice(-MOST_SERVERS)
  const [first = Number.NaN, ...more] = clusters.map(({ rates }) => median(rates))
  console.log(
    `${what} with 2 and 3 servers: ${more.map(rate => (rate / first).toFixed(2)).join(' and ')} times those with 1`,
  )
}

/** Returns the CPU time that each part has taken until now, in ms. */
function cpuOf({ servers, parts }: Contestant): [part: string, ms: number][] {
  const groups: [string, readonly Part[]][] = [
    ['servers', servers],
    ...Object.entries(parts).map(([name, part]): [string, Part[]] => [name, [part]]),
  ]
  const used = groups.map(([name, group]): [string, number] => {
    const pids = group.flatMap(part => part.pids)
    return [name, pids.reduce((sum, pid) => sum + cpuTime(pid), 0)]
  })
  const { user, system } = process.cpuUsage()
  return [...used, ['clients', (user + system) / 1000]]
}

/** Returns a CSV of 2 KB. */
function tinyCsv(seed: number): string {
  const lines = Array.from(
    { length: 100 },
    (_, i) => `${10_000_000 + i},${(seed * i) % 5000},${seed * 7 + i}`,
  )
  return `small_id,small_sensor,small_value\n${lines.join('\n')}\n`
}

function upload(body: string): Wanted {
  return { method: 'PUT', path: `/uploads/${randomUUID()}`, body }
}

/** Throws if a table has not as many uploads as it has acknowledged. */
async function expectUploads(servers: readonly ProcessPart[], expected: number): Promise<void> {
  const check: Wanted['check'] = ({ uploads }) => {
    if (uploads !== expected) throw new Error(`found ${uploads} uploads, expected ${expected}`)
  }
  for (const server of servers) await sendAll([server.port], [{ method: 'GET', path: '/table', check }], 1)
}

function portsOf(servers: readonly ProcessPart[]): number[] {
  return servers.map(({ port }) => port)
}
