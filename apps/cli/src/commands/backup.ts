import { resolve } from 'node:path'
import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const backup = new Command('backup')
  .summary('copy a data directory')
  .description(
    'Copy a data directory, as it is at one instant, to a directory that is empty or does not exist yet, and read every ' +
      'file of the copy. A server may run meanwhile. Files are shared by hard links where possible. If a file is damaged, the ' +
      'exit code is 1 and the copy is not a backup.',
  )
  .argument('<dest>', 'the directory to make')
  .addOption(dataDirOption())
  .addHelpText('after', '\nExamples:\n  table-cli backup monday --data-dir ./data')
  .action(async (dest: string, { dataDir }: { dataDir: string }) => {
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const [{ copyDirectory }, { beginBackup }] = await Promise.all([
      import('../copyDirectory.ts'),
      import('@table/storage'),
    ])
    const to = resolve(dest)
    if (!(await copyDirectory(to, () => beginBackup(dataDir, to)))) process.exitCode = 1
  })
