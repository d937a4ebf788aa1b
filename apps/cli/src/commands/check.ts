import { Command } from 'commander'
import { addDialectOptions, dialectOf } from '../dialect/options.ts'
import { addStyleOptions, styleOf } from '../printTable.ts'

export const check = addStyleOptions(addDialectOptions(new Command('check')))
  .summary('check CSV files without a server')
  .description(
    'Check whether a server would take CSV files: print every record that breaks a rule, in the words of the server, and the types of ' +
      'the columns of the other records. FILE may be a file, a directory, a pattern or - as for upload, and may be packed by gzip or zstd. ' +
      'The check goes on behind a bad record, but not behind a quote that is never closed. The exit code is 1 if there are problems. ' +
      'The options of a dialect are those of upload: what is checked, with its lines, is the CSV that upload makes of ' +
      'the file. A record that cannot be translated ends the check.',
  )
  .argument('<file...>', 'CSV files, each with a header; directories; patterns; -')
  .option(
    '--rejects <path>',
    'write the bad records of one file here, below its header, to mend and upload them',
  )
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli check sales.csv\n  table-cli check --json exports/\n  table-cli check --rejects bad.csv sales.csv\n' +
      "  table-cli check --delimiter ';' --decimal-comma german.csv",
  )
  .action(async (args: string[], { rejects }: { rejects?: string }, command: Command) => {
    const { inputsOfCommand, tellProblems } = await import('../inputs.ts')
    const { inputs, problems } = await inputsOfCommand(command, args)
    if (rejects !== undefined && inputs.length + problems.length > 1)
      command.error(`error: --rejects takes the records of one file, found ${inputs.length} files`)
    tellProblems(problems)
    if (inputs.length === 0) return
    const { expectStorage } = await import('../storageSupport.ts')
    expectStorage('check files')
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { checkFiles } = await import('../check/checkFiles.ts')
    if (!(await checkFiles(inputs, styleOf(command), { dialect: dialectOf(command), rejects })))
      process.exitCode = 1
  })
