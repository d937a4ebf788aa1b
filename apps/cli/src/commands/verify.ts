import { Command } from 'commander'
import { dataDirOption } from '../options.ts'
import { formatBytes } from '../units.ts'

export const verify = new Command('verify')
  .summary('check every stored file')
  .description(
    'Read every file of a data directory and print a line for each that is missing or is not what was stored; the exit code is ' +
      'then 1. Changes nothing, so that a server may run meanwhile.',
  )
  .addOption(dataDirOption())
  .action(async ({ dataDir }: { dataDir: string }) => {
    // Loaded when it is needed: the storage library takes longer to load than all the rest of the CLI.
    const { checkFiles, damageLine } = await import('../dataDir.ts')
    const { uploads, bytes, damages } = await checkFiles(dataDir, damage => console.log(damageLine(damage)))
    console.log(`${uploads} uploads, ${formatBytes(bytes)} read, ${damages.length} files damaged`)
    if (damages.length > 0) process.exitCode = 1
  })
