import type { DataOptions } from '@table/cluster'
import { Command } from 'commander'
import { clusterOptions, dataDirOption } from '../options.ts'

export const repair = new Command('repair')
  .summary('rebuild damaged Parquet files')
  .description(
    'Read every file of a data directory that no server runs on, and rebuild each damaged Parquet file from its CSV. A ' +
      'damaged CSV cannot be rebuilt, because the Parquet file does not hold its bytes. Files that are still damaged are ' +
      'named, and the exit code is then 1. With --catalogue and --objects, repair the objects of a cluster instead; its servers ' +
      'may run meanwhile.',
  )
  .addOption(dataDirOption())
  .addHelpText('after', '\nExamples:\n  table-cli repair --data-dir ./data')
  .action(async ({ dataDir, ...options }: { dataDir: string } & Partial<DataOptions>) => {
    if (options.catalogue !== undefined) {
      const { dataOf, repairCluster } = await import('../cluster.ts')
      if (!(await repairCluster(dataOf(options)))) process.exitCode = 1
      return
    }
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { repairFiles } = await import('../dataDir.ts')
    if (!(await repairFiles(dataDir))) process.exitCode = 1
  })
for (const option of clusterOptions()) repair.addOption(option)
