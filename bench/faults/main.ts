// Attacks our server, each time a new one, and measures how a healthy client fares meanwhile. Prints a table
// on stdout and progress on stderr.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, tmpdir, totalmem } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { createAuthority } from '../../apps/server/test/support/certificates.ts'
import { listeningAddress } from '../contestants/server.ts'
import { startCommand } from '../contestants/servers.ts'
import { mebibytes } from '../files.ts'
import { kill, killAll, peakBytes, startProcess } from '../processes.ts'
import { progress } from '../progress.ts'
import { type Attack, attacks } from './attacks.ts'
import { type Health, stayHealthy } from './healthy.ts'

/** How long the healthy client is measured without an attack, in ms. */
const QUIET = 3000

const scratch = mkdtempSync(join(tmpdir(), 'table-faults-'))
const disks: string[] = []

process.on('exit', () => {
  killAll()
  for (const disk of disks) execFileSync('umount', ['--lazy', disk])
  rmSync(scratch, { recursive: true, maxRetries: 10 })
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

const names = process.argv.length > 2 ? process.argv.slice(2) : Object.keys(attacks)
const header = [
  'what is done',
  'what the attacker saw',
  'peak, MiB',
  'usual, ms',
  'worst, ms',
  'rounds repeated',
  'healthy client refused',
]
const lines: string[][] = []
for (const name of names) {
  const attack = attacks[name]
  if (!attack) {
    console.error(`faults: there is no ${name}, expected some of ${Object.keys(attacks)}`)
    process.exit(2)
  }
  progress(attack.what)
  lines.push(await measure(name, attack))
  progress(lines.at(-1)?.join(' | ') ?? '')
}
console.log(`${new Date().toISOString().slice(0, 16)}Z, npm run faults -- ${names.join(' ')}`)
console.log(`${cpus().length} cores, ${cpus()[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory\n`)
// The columns are not aligned, because the answers differ a lot in length.
for (const line of [header, header.map(() => '---'), ...lines]) console.log(`| ${line.join(' | ')} |`)
process.exit()

async function measure(name: string, { what, env, disk, secured }: Attack): Promise<string[]> {
  const dataDir = join(scratch, name)
  mkdirSync(dataDir)
  if (disk) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${disk}m`, 'tmpfs', dataDir])
    disks.push(dataDir)
  }
  const secrets = secured ? writeSecrets(dataDir) : undefined
  const [program, ...args] = startCommand()
  const server = startProcess(program, [...args, '--port', '0', '--data-dir', dataDir], {
    ...env,
    ...secrets?.env,
  })
  const port = Number((await listeningAddress('the server', server.stdout)).split(':').at(-1))
  const target = { port, ...secrets?.client }
  await stayHealthy(target, wait(QUIET / 2)) // warms up
  const usual = await stayHealthy(target, wait(QUIET))

  const attacker = startProcess(process.execPath, [
    join(import.meta.dirname, 'attacker.ts'),
    name,
    String(port),
    ...(secrets ? [secrets.caFile] : []),
  ])
  const seeing = text(attacker.stdout)
  const health = await stayHealthy(target, seeing)
  const seen = (await seeing).trim() || 'the attacker ended early'
  const peak = mebibytes(peakBytes(server)).toFixed(0)
  kill(server)
  await new Promise(resolve => server.once('close', resolve))
  return [what, seen, peak, worst(usual, 0.5), worst(health, 1), repeated(health), refused(health)]
}

/** Writes the secrets of a server with TLS and tokens. Returns its environment, and what a client needs. */
function writeSecrets(dataDir: string) {
  const authority = createAuthority()
  const { cert, key } = authority.issue()
  const write = (name: string, content: string) => {
    writeFileSync(`${dataDir}.${name}`, content)
    return `${dataDir}.${name}`
  }
  const token = 'healthy'
  const hash = createHash('sha256').update(token).digest('hex')
  return {
    env: {
      TABLE_TLS_CERT: write('cert.pem', cert),
      TABLE_TLS_KEY: write('key.pem', key),
      TABLE_TOKEN_FILE: write('tokens', `${hash} healthy read,write\n`),
    },
    caFile: write('ca.pem', authority.cert),
    client: { ca: authority.cert, token },
  }
}

function wait(ms: number): Promise<void> {
  return new Promise(resolve => setTimeout(resolve, ms))
}

/** Returns the ms within which this part of the rounds was done. */
function worst({ ms }: Health, part: number): string {
  const sorted = ms.toSorted((a, b) => a - b)
  return sorted[Math.ceil(part * sorted.length) - 1]?.toFixed(0) ?? '–'
}

function repeated({ ms, repeated }: Health): string {
  return `${repeated} of ${ms.length}`
}

function refused({ ms, failures }: Health): string {
  const [first] = failures
  return first === undefined
    ? `0 of ${ms.length}`
    : `${failures.length} of ${ms.length + failures.length}: ${first.split('. ')[0]}`
}
