import type { DataOptions } from '@table/cluster'
import { CliError } from './errors.ts'
import { barLine, Progress } from './progress.ts'
import { formatBytes } from './units.ts'

/** Returns where the data of a cluster is. Throws CliError if the options do not say it. */
export function dataOf({ catalogue, objects, s3Endpoint }: Partial<DataOptions>): DataOptions {
  if (catalogue !== undefined && objects !== undefined) return { catalogue, objects, s3Endpoint }
  throw new CliError(
    '--catalogue and --objects say which cluster is meant: give both, as the servers have them',
  )
}

/** Copies a data directory into a cluster. */
export async function migrateDirectory(dataDir: string, options: DataOptions): Promise<void> {
  const { migrate, openData } = await import('@table/cluster')
  await withData(
    () => openData(options),
    async parts => {
      let done = 0
      const progress = new Progress(seconds =>
        barLine({ done, total: done, name: formatBytes(done), format: formatBytes }, seconds),
      )
      try {
        const found = await migrate(parts, dataDir, bytes => {
          done += bytes
        })
        progress.stop()
        console.log(`${found.copied} uploads copied, ${found.present} were there, ${found.removed} deleted`)
      } finally {
        progress.stop()
      }
    },
  )
}

/** Copies a cluster into a data directory. */
export async function migrateCluster(dataDir: string, options: DataOptions): Promise<void> {
  const { migrateBack, openData } = await import('@table/cluster')
  await withData(
    () => openData(options),
    async parts => {
      const { copied, present } = await migrateBack(parts, dataDir)
      console.log(`${copied} uploads copied, ${present} were there`)
    },
  )
}

/** Reads every object of a cluster. Returns how many are damaged, and prints a line for each. */
export async function verifyCluster(options: DataOptions): Promise<number> {
  const { openData, verifyObjects } = await import('@table/cluster')
  return withData(
    () => openData(options),
    async parts => {
      let bytes = 0
      let damaged = 0
      for await (const found of verifyObjects(parts))
        if (typeof found === 'number') bytes += found
        else {
          damaged++
          console.log(found.problem)
        }
      console.log(`${formatBytes(bytes)} read, ${damaged} objects damaged`)
      return damaged
    },
  )
}

/** Makes damaged objects of a cluster again from whole CSVs. Returns whether all of them are whole afterwards, and prints what is not. */
export async function repairCluster(options: DataOptions): Promise<boolean> {
  const { openData, repairUpload, verifyObjects } = await import('@table/cluster')
  const { StorageError } = await import('@table/storage')
  return withData(
    () => openData(options),
    async parts => {
      const damaged = new Set<number>()
      for await (const found of verifyObjects(parts))
        if (typeof found !== 'number') {
          damaged.add(found.id)
          console.log(found.problem)
        }
      let left = 0
      for (const id of damaged)
        try {
          await repairUpload(parts, id)
        } catch (error) {
          if (!(error instanceof StorageError && ['damaged', 'invalid'].includes(error.code))) throw error
          left++
          console.log(
            `cannot repair ${error.code === 'damaged' ? error.forClients : `upload ${id}: ${error.message}`}`,
          )
        }
      console.log(`${damaged.size - left} uploads repaired, ${left} still damaged`)
      return left === 0
    },
  )
}

async function withData<Parts extends { database: { close(): Promise<void> } }, T>(
  open: () => Promise<Parts>,
  use: (parts: Parts) => Promise<T>,
): Promise<T> {
  const { StorageError } = await import('@table/storage')
  try {
    const parts = await open()
    try {
      return await use(parts)
    } finally {
      await parts.database.close()
    }
  } catch (error) {
    throw error instanceof StorageError ? new CliError(error.message, { cause: error }) : error
  }
}
