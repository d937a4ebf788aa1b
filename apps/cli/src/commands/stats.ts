import { Command } from 'commander'
import { oneLine } from '../errors.ts'
import { type Format, formatOption } from '../options.ts'
import { addStyleOptions, styleOf, tableText } from '../printTable.ts'
import { formatSeconds } from '../units.ts'

export const stats = addStyleOptions(new Command('stats'))
  .summary('print exact statistics of columns')
  .description(
    'Print for each column over all uploads: its types (with the number of uploads that have each), rows, nulls, minimum and ' +
      'maximum, and of numbers the exact sum and the mean.',
  )
  .argument('<column...>', 'names of columns')
  .addOption(formatOption())
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli stats price amount\n  table-cli stats price --format csv --json',
  )
  .action(async (columns: string[], { format }: { format: Format }, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { ask, withConnection } = await import('../client.ts')
    const { TableService } = await import('@table/proto')
    const { statsColumns, statsRow } = await import('../columnRows.ts')
    const { Progress } = await import('../progress.ts')
    const { print } = await import('../print.ts')
    const { noteUnknown } = await import('../similarNames.ts')
    await withConnection(target, async connection => {
      const what = `reading ${oneLine(columns.join(', '))} (${format})`
      const progress = new Progress(seconds => `${what}: ${formatSeconds(seconds)}`)
      const answer = await ask(connection, TableService.stats, { columns, format }).finally(() =>
        progress.stop(),
      )
      await print(tableText(statsColumns, [answer.columns.map(statsRow)], styleOf(command)))
      const unknown = answer.columns.filter(({ types }) => types.length === 0)
      await noteUnknown(
        connection,
        unknown.map(({ name }) => name),
      )
    })
  })
