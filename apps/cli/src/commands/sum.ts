import { Command } from 'commander'
import type { Connection, Sum } from '../client.ts'
import { oneLine } from '../errors.ts'
import { type Format, formatOption } from '../options.ts'
import { formatSeconds } from '../units.ts'

export const sum = new Command('sum')
  .summary('print the sum of a column')
  .description(
    'Print the sum of an integer column over all uploads, and nothing else. A column that no upload has sums to 0; standard error ' +
      'then says which names come close.',
  )
  .argument('<column>', 'name of the column')
  .addOption(formatOption())
  .action(async (column: string, { format }: { format: Format }, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { withConnection } = await import('../client.ts')
    const { noteIfUnknown } = await import('../similarNames.ts')
    await withConnection(target, async connection => {
      const { total } = await sumWithProgress(connection, column, format)
      console.log(String(total))
      if (total === 0n) await noteIfUnknown(connection, column)
    })
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
      const { targetOf } = await import('../target.ts')
      const target = targetOf(command)
      const { withConnection } = await import('../client.ts')
      const { total, milliseconds } = await withConnection(target, connection =>
        sumWithProgress(connection, column, format),
      )
      console.log(`${milliseconds.toFixed(1)} ms\n${total}`)
    })
}

async function sumWithProgress(connection: Connection, column: string, format: Format): Promise<Sum> {
  const { columnSum } = await import('../client.ts')
  const { Progress } = await import('../progress.ts')
  const progress = new Progress(
    seconds => `summing ${oneLine(column)} (${format}): ${formatSeconds(seconds)}`,
  )
  try {
    return await columnSum(connection, column, format)
  } finally {
    progress.stop()
  }
}
