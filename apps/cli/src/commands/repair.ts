import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const repair = new Command('repair')
  .summary('make damaged Parquet files anew')
  .description(
    'Read every file of a data directory that no server runs on, and make each damaged Parquet file anew from its CSV. A damaged ' +
      'CSV cannot be made from its Parquet file, which does not have its bytes. Whatever is still damaged is named, and the exit ' +
      'code is then 1.',
  )
  .addOption(dataDirOption())
  .action(async ({ dataDir }: { dataDir: string }) => {
    // Loaded when it is needed: the storage library takes longer to load than all the rest of the CLI.
    const { repairFiles } = await import('../dataDir.ts')
    if (!(await repairFiles(dataDir))) process.exitCode = 1
  })
