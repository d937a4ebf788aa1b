import { setImmediate as turn } from 'node:timers/promises'
import {
  beginRepair,
  closeDatabase,
  type Damage,
  readUploads,
  restoreParquet,
  StorageError,
  type Upload,
  verifyUpload,
} from '@table/storage'
import { CliError } from './errors.ts'
import { barLine, Progress } from './progress.ts'
import { formatBytes } from './units.ts'

/** How many bytes are read before other tasks get a turn. */
const TURN_BYTES = 16 * 1024 * 1024

export interface Checked {
  uploads: number
  bytes: number
  damages: Damage[]
}

/**
 * Reads every stored file. Calls `onDamage` for each damaged file; its output appears above the progress
 * line. Throws CliError if the directory cannot be read.
 */
export async function checkFiles(dataDir: string, onDamage: (damage: Damage) => void): Promise<Checked> {
  const uploads = inTermsOfCli(() => readUploads(dataDir))
  const total = uploads.reduce((sum, { csvBytes, parquetBytes }) => sum + csvBytes + parquetBytes, 0)
  let done = 0
  const progress = new Progress(seconds =>
    barLine({ done: Math.min(done, total), total, name: formatBytes(total), format: formatBytes }, seconds),
  )
  const damages: Damage[] = []
  try {
    let turnAt = TURN_BYTES
    for (const upload of uploads) {
      for (const step of stepsOf(dataDir, upload)) {
        if (typeof step === 'number') done += step
        else {
          damages.push(step)
          progress.print(() => onDamage(step))
        }
        if (done < turnAt) continue
        turnAt = done + TURN_BYTES
        await turn()
      }
    }
  } finally {
    progress.stop()
    closeDatabase(dataDir)
  }
  return { uploads: uploads.length, bytes: done, damages }
}

function* stepsOf(dataDir: string, upload: Upload): Generator<number | Damage> {
  yield* yield* verifyUpload(dataDir, upload)
}

/**
 * Makes damaged Parquet files again. Returns whether all files are whole afterwards. Throws CliError if a
 * server has the directory open.
 */
export async function repairFiles(dataDir: string): Promise<boolean> {
  inTermsOfCli(() => readUploads(dataDir))
  const end = inTermsOfCli(() => beginRepair(dataDir))
  try {
    const { damages } = await checkFiles(dataDir, damage => console.log(damageLine(damage)))
    const lost = new Set(damages.filter(({ format }) => format === 'csv').map(({ upload }) => upload.id))
    const parquets = damages.filter(({ format }) => format === 'parquet').map(({ upload }) => upload)
    const made = await restoreAll(
      dataDir,
      parquets.filter(({ id }) => !lost.has(id)),
    )
    const left = parquets.length - made
    console.log(`${made} Parquet files rebuilt, still damaged: ${left} Parquet files, ${lost.size} CSVs`)
    return left === 0 && lost.size === 0
  } finally {
    end()
  }
}

/** Makes the Parquet files of uploads again. Returns how many succeeded, and prints why each of the others failed. */
async function restoreAll(dataDir: string, uploads: readonly Upload[]): Promise<number> {
  const total = uploads.reduce((sum, { csvBytes }) => sum + csvBytes, 0)
  let done = 0
  let made = 0
  const progress = new Progress(seconds =>
    barLine({ done, total, name: formatBytes(total), format: formatBytes }, seconds),
  )
  try {
    for (const upload of uploads) {
      try {
        inTermsOfCli(() => restoreParquet(dataDir, upload))
        made++
      } catch (error) {
        if (!(error instanceof CliError)) throw error
        const problem = `cannot rebuild its Parquet file: ${error.message}`
        progress.print(() => console.log(uploadLine(upload, problem)))
      }
      done += upload.csvBytes
      await turn()
    }
  } finally {
    progress.stop()
  }
  return made
}

/** Returns a line such as `upload 3 (received 2026-01-02T03:04:05.678Z): what is wrong`. */
export function damageLine({ upload, problem }: Damage): string {
  return uploadLine(upload, problem)
}

function uploadLine({ id, receivedAt }: Upload, problem: string): string {
  return `upload ${id} (received ${receivedAt}): ${problem}`
}

/** Turns errors of the storage library and the system into a CliError. */
export function inTermsOfCli<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    const { code, syscall, message } = error as NodeJS.ErrnoException
    if (error instanceof StorageError || syscall || code === 'ERR_SQLITE_ERROR')
      throw new CliError(message, { cause: error })
    throw error
  }
}
