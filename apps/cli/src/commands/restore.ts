import { resolve } from 'node:path'
import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const restore = new Command('restore')
  .summary('make a data directory of a backup')
  .description(
    'Make a data directory, which must be empty or not there yet, of what `table-cli backup` made, and read every file of it. The ' +
      'exit code is 1 if a file is damaged: no server then serves the directory.',
  )
  .argument('<backup>', 'what `table-cli backup` made')
  .addOption(dataDirOption())
  .action(async (backup: string, { dataDir }: { dataDir: string }) => {
    // Loaded when it is needed: the storage library takes longer to load than all the rest of the CLI.
    const [{ copyDirectory }, { beginRestore }] = await Promise.all([
      import('../copyDirectory.ts'),
      import('@table/storage'),
    ])
    if (!(await copyDirectory(dataDir, () => beginRestore(resolve(backup), dataDir)))) process.exitCode = 1
  })
