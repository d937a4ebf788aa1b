import type { DataOptions } from '@table/cluster'
import { Command } from 'commander'
import { clusterOptions, dataDirOption } from '../options.ts'
import { formatBytes } from '../units.ts'

export const verify = new Command('verify')
  .summary('check every stored file')
  .description(
    'Read every file of a data directory, and print a line for each file that is missing or has changed since it was ' +
      'stored; the exit code is then 1. Nothing is changed, so a server may run meanwhile. With --catalogue and --objects, ' +
      'read every object of a cluster instead.',
  )
  .addOption(dataDirOption())
  .addHelpText('after', '\nExamples:\n  table-cli verify --data-dir ./data')
  .action(async ({ dataDir, ...options }: { dataDir: string } & Partial<DataOptions>) => {
    if (options.catalogue !== undefined) {
      const { dataOf, verifyCluster } = await import('../cluster.ts')
      if ((await verifyCluster(dataOf(options))) > 0) process.exitCode = 1
      return
    }
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { checkFiles, damageLine } = await import('../dataDir.ts')
    const { uploads, bytes, damages } = await checkFiles(dataDir, damage => console.log(damageLine(damage)))
    console.log(`${uploads} uploads, ${formatBytes(bytes)} read, ${damages.length} files damaged`)
    if (damages.length > 0) process.exitCode = 1
  })
for (const option of clusterOptions()) verify.addOption(option)
