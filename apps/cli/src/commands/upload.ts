import { Command, InvalidArgumentError } from 'commander'
import { addDialectOptions, dialectOf } from '../dialect/options.ts'

/** As many calls as one connection to the server may have. */
const MAX_JOBS = 100

export const upload = addDialectOptions(new Command('upload'))
  .summary('upload CSV files')
  .description(
    'Upload CSV files: those that are named, those that match a pattern, every .csv, .csv.gz and .csv.zst file in a directory and below it ' +
      '(hidden ones left out), and standard input for -. Prints a line with the id of each stored file on a terminal, and "success" ' +
      'elsewhere. A file that fails is named on standard error and the others still go up; the exit code is then 1. ' +
      'What gzip or zstd have packed is unpacked. Files that are not comma-separated UTF-8 are translated, as the options say.',
  )
  .argument('<file...>', 'CSV files, each with a header; directories; patterns; -')
  .option('--jobs <count>', 'upload so many files at the same time; with 1 they go up in order', parseJobs, 4)
  .option('--once', 'store nothing that is stored already: same name, same content, uploaded with --once')
  .addHelpText(
    'after',
    "\nExamples:\n  table-cli upload sales.csv\n  table-cli upload --once exports/ 'more/*.csv.gz'\n" +
      "  cat sales.csv | table-cli upload -\n  table-cli upload --delimiter ';' --decimal-comma german.csv",
  )
  .action(
    async (args: string[], { jobs, once = false }: { jobs: number; once?: boolean }, command: Command) => {
      const { inputsOfCommand, tellProblems } = await import('../inputs.ts')
      const { inputs, problems } = await inputsOfCommand(command, args)
      const { targetOf } = await import('../target.ts')
      const target = targetOf(command)
      const dialect = dialectOf(command)
      tellProblems(problems)
      if (inputs.length === 0) return
      // Load only what a command needs: the library of gRPC takes longer than the rest of the CLI.
      const { uploadFiles } = await import('../upload/uploadFiles.ts')
      if (!(await uploadFiles(target, inputs, { jobs, dialect, once }))) process.exitCode = 1
    },
  )

function parseJobs(text: string): number {
  const jobs = Number(text)
  if (/^\d+$/.test(text) && jobs >= 1 && jobs <= MAX_JOBS) return jobs
  throw new InvalidArgumentError(`Expected a whole number from 1 to ${MAX_JOBS}.`)
}
