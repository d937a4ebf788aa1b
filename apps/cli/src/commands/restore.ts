import { resolve } from 'node:path'
import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const restore = new Command('restore')
  .summary('turn a backup into a data directory')
  .description(
    'Turn what `table-cli backup` made into a data directory, which must be empty or not exist yet, and read every file of ' +
      'it. If a file is damaged, the exit code is 1 and no server serves the directory.',
  )
  .argument('<backup>', 'what `table-cli backup` made')
  .addOption(dataDirOption())
  .addHelpText('after', '\nExamples:\n  table-cli restore monday --data-dir ./restored')
  .action(async (backup: string, { dataDir }: { dataDir: string }) => {
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const [{ copyDirectory }, { beginRestore }] = await Promise.all([
      import('../copyDirectory.ts'),
      import('@table/storage'),
    ])
    if (!(await copyDirectory(dataDir, () => beginRestore(resolve(backup), dataDir)))) process.exitCode = 1
  })
