import { Command, Option } from 'commander'
import { columnSum, type Format, type Sum } from '../client.ts'
import { oneLine } from '../errors.ts'
import { Progress } from '../progress.ts'
import { type Target, targetOf } from '../target.ts'
import { formatSeconds } from '../units.ts'

export const sum = new Command('sum')
  .summary('print the sum of a column')
  .description('Print the sum of an integer column over all uploads, and nothing else.')
  .argument('<column>', 'name of the column')
  .addOption(
    new Option('--format <format>', 'which files to read').choices(['csv', 'parquet']).default('parquet'),
  )
  .action(async (column: string, _options, command: Command) => {
    const { format } = command.opts<{ format: Format }>()
    console.log(String((await sumWithProgress(targetOf(command), column, format)).total))
  })

/** Makes a command `NAME COLUMN` that prints how long the call took, then the sum from files of one format. */
export function timedSum(name: string, format: Format, files: string): Command {
  return new Command(name)
    .summary(`print the time and the sum of a column, read from the ${files} files`)
    .description(
      `Print how long the call took, then the sum of an integer column over all uploads, read from the ${files} files.`,
    )
    .argument('<column>', 'name of the column')
    .action(async (column: string, _options, command: Command) => {
      const { total, milliseconds } = await sumWithProgress(targetOf(command), column, format)
      console.log(`${milliseconds.toFixed(1)} ms\n${total}`)
    })
}

async function sumWithProgress(target: Target, column: string, format: Format): Promise<Sum> {
  const progress = new Progress(
    seconds => `summing ${oneLine(column)} (${format}): ${formatSeconds(seconds)}`,
  )
  try {
    return await columnSum(target, column, format)
  } finally {
    progress.stop()
  }
}
