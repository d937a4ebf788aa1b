import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const adopt = new Command('adopt')
  .summary('rebuild lost rows of the catalogue')
  .description(
    'Turn files in `files` and `lost` of a data directory that the catalogue does not know into uploads, even if the ' +
      'catalogue itself is damaged, missing or outdated. No server may run on the directory. A file that cannot become an ' +
      'upload is named, and the exit code is then 1.',
  )
  .addOption(dataDirOption())
  .addHelpText('after', '\nExamples:\n  table-cli adopt --data-dir ./data')
  .action(async ({ dataDir }: { dataDir: string }) => {
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { adoptFiles } = await import('../rows.ts')
    if (!(await adoptFiles(dataDir))) process.exitCode = 1
  })
