// What every harness needs that keeps a server busy for a given time.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { killAll } from '../processes.ts'

/** Reads the flag --seconds. Ends the process if the flag is wrong. */
export function readSeconds(harness: string, seconds: number): number {
  try {
    const { values } = parseArgs({ options: { seconds: { type: 'string', default: `${seconds}` } } })
    const value = Number(values.seconds)
    if (/^\d+$/.test(values.seconds) && value >= 5 && value <= 86400) return value
    throw new Error(`--seconds is ${values.seconds}, expected a whole number from 5 to 86400`)
  } catch (error) {
    console.error(
      `${harness}: ${(error as Error).message}\nusage: npm run ${harness} -- [--seconds ${seconds}]`,
    )
    process.exit(2)
  }
}

/** Returns a path for a data directory. The directory is removed and all processes are ended when this process ends. */
export function scratchDataDir(harness: string): string {
  const scratch = mkdtempSync(join(tmpdir(), `table-${harness}-`))
  process.on('exit', () => {
    killAll()
    rmSync(scratch, { recursive: true, maxRetries: 10 })
  })
  process.on('SIGINT', () => process.exit(130))
  process.on('SIGTERM', () => process.exit(143))
  return join(scratch, 'data')
}
