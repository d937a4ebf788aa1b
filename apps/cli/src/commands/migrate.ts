import type { DataOptions } from '@table/cluster'
import { Command } from 'commander'
import { clusterOptions, dataDirOption } from '../options.ts'

export const migrate = new Command('migrate')
  .summary('copy a data directory into a cluster, or back')
  .description(
    'Copy every upload of a data directory into a cluster, with its id, name and time, and delete there what was deleted ' +
      'here since. Every file is read whole and checked. What was copied before is not copied again, so a command that was ' +
      'interrupted goes on. A server may run meanwhile: stop it, and run the command once more for the last uploads.',
  )
  .addOption(dataDirOption())
  .option('--back', 'copy the cluster into a data directory, on which no server may run')
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli migrate --catalogue postgres://table@db/table --objects s3://bucket/prefix',
  )
  .action(
    async ({ dataDir, back, ...options }: { dataDir: string; back?: boolean } & Partial<DataOptions>) => {
      const { dataOf, migrateCluster, migrateDirectory } = await import('../cluster.ts')
      await (back ? migrateCluster : migrateDirectory)(dataDir, dataOf(options))
    },
  )
for (const option of clusterOptions()) migrate.addOption(option)
