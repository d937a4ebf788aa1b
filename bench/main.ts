// Compares our server and its peers on the same files. Prints tables on stdout and progress on stderr.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { addLimit, compare, compareManyClients } from './comparison.ts'
import { startOurs, startReference } from './contestants/servers.ts'
import { mebibytes } from './files.ts'
import { readFlags } from './flags.ts'
import { measureGrowth } from './growth.ts'
import { writers } from './loads/writers.ts'
import { killAll } from './processes.ts'
import { progress } from './progress.ts'
import { formatComparison, formatGrowth } from './results.ts'
import { rounds } from './rounds.ts'
import { surroundings } from './surroundings.ts'

const { size, loads } = readFlags()
const scratch = mkdtempSync(join(tmpdir(), 'table-bench-'))

process.on('exit', () => {
  killAll()
  rmSync(scratch, { recursive: true, maxRetries: 10 }) // a server that was just killed may still end a write
})
process.on('SIGINT', () => process.exit(130))
process.on('SIGTERM', () => process.exit(143))

try {
  const command = `npm run bench -- --batches ${size.batches} --scale ${size.scale} --loads ${loads}`
  console.log(await surroundings(command))
  console.log(`\nIn the tables: median (best) of ${rounds} rounds.`)
  // The very first start compiles the server, which takes memory that later starts do not need.
  ;(await startOurs(join(scratch, 'first'))).stop()
  if (loads.some(load => load in writers)) await printComparisons()
  if (loads.includes('growth')) await printGrowth()
  process.exit()
} catch (error) {
  console.error(`bench: ${error instanceof Error ? error.message : error}`)
  process.exit(1)
}

/** Measures all loads with the same two servers. */
async function printComparisons(): Promise<void> {
  const ours = await startOurs(join(scratch, 'ours'))
  const reference = await startReference(join(scratch, 'reference'))
  const servers = { ours, reference }
  for (const [name, write] of Object.entries(writers)) {
    if (!loads.includes(name)) continue
    progress(`${name}: writing the files`)
    const directory = join(scratch, name)
    const load = write(directory, size)
    const results = await compare(load, servers)
    if (name === 'course') {
      await compareManyClients(results, load, servers)
      await addLimit(results, load, servers)
    }
    const { title, files, rows, bytes } = load
    console.log(`\n## ${title}\n`)
    console.log(`Files: ${files.length}, rows: ${rows}, CSV: ${mebibytes(bytes).toFixed(0)} MiB\n`)
    console.log(formatComparison(results))
    rmSync(directory, { recursive: true })
  }
  const peaks = [ours, reference].map(
    ({ name, highestPeakBytes }) => `${name} ${mebibytes(highestPeakBytes()).toFixed(0)} MiB`,
  )
  console.log(`\nPeak RSS over all loads: ${peaks.join(', ')}.`)
}

async function printGrowth(): Promise<void> {
  const results = await measureGrowth(scratch, size.batches)
  console.log("\n## Growth\n\nOur server alone, the course's load growing.\n")
  console.log(formatGrowth(results))
}
