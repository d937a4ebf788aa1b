import { Command } from 'commander'
import { dataDirOption } from '../options.ts'

export const adopt = new Command('adopt')
  .summary('make lost rows of the catalogue anew')
  .description(
    'Make uploads of the files of a data directory, in `files` and `lost`, that the catalogue does not know, also where the catalogue ' +
      'itself is damaged, missing or an older one. No server may run on the directory. A file that no upload can be made of is named, ' +
      'and the exit code is then 1.',
  )
  .addOption(dataDirOption())
  .action(async ({ dataDir }: { dataDir: string }) => {
    // Loaded when it is needed: the storage library takes longer to load than all the rest of the CLI.
    const { adoptFiles } = await import('../rows.ts')
    if (!(await adoptFiles(dataDir))) process.exitCode = 1
  })
