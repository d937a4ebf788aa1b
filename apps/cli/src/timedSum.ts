import { Command } from 'commander'
import { oneLine } from './errors.ts'
import type { Format } from './options.ts'

/** Makes a command `NAME COLUMN` that prints how long the call took, then the sum from files of one format. */
export function timedSum(name: string, format: Format, files: string): Command {
  return new Command(name)
    .summary(`print the time and the sum of a column, read from the ${files} files`)
    .description(
      `Print how long the call took, then the sum of an integer column over all uploads, read from the ${files} files.`,
    )
    .argument('<column>', 'name of the column')
    .addHelpText('after', `\nExamples:\n  table-cli ${name} amount`)
    .action(async (column: string, _options, command: Command) => {
      const { targetOf } = await import('./target.ts')
      const target = targetOf(command)
      const { columnSum, withConnection } = await import('./client.ts')
      const { showWaiting } = await import('./progress.ts')
      const what = `summing ${oneLine(column)} (${format})`
      const { total, milliseconds } = await withConnection(target, connection =>
        showWaiting(what, columnSum(connection, column, format)),
      )
      console.log(`${milliseconds.toFixed(1)} ms\n${total}`)
    })
}
