import { Command } from 'commander'
import { oneLine } from '../errors.ts'
import { type Format, formatOption } from '../options.ts'
import { addStyleOptions, styleOf, tableText } from '../printTable.ts'

export const sum = addStyleOptions(new Command('sum'))
  .summary('print the sums of columns')
  .description(
    'Print the exact sum of a column over all uploads, and nothing else; of several columns a table. With doubles, a sum is rounded ' +
      'once, to the nearest double. A column that no upload has sums to 0; standard error then says which names come close.',
  )
  .argument('<column...>', 'names of columns')
  .addOption(formatOption())
  .addHelpText('after', '\nExamples:\n  table-cli sum price\n  table-cli sum price amount --csv')
  .action(async (columns: string[], { format }: { format: Format }, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { withConnection } = await import('../client.ts')
    const { columnSums } = await import('../sums.ts')
    const { showWaiting } = await import('../progress.ts')
    const { print } = await import('../print.ts')
    const { notesOnUnknown } = await import('../similarNames.ts')
    const { caution } = await import('../colours.ts')
    const style = styleOf(command)
    await withConnection(target, async connection => {
      const what = `summing ${oneLine(columns.join(', '))} (${format})`
      const sums = await showWaiting(what, columnSums(connection, columns, format))
      if (style === 'aligned' && sums.length === 1) console.log(sums[0]?.sum)
      else
        await print(tableText(['column', 'sum'], [sums.map(({ column, sum }) => ({ column, sum }))], style))
      const unknown = sums.filter(({ known }) => !known).map(({ column }) => column)
      for (const note of await notesOnUnknown(connection, unknown)) console.error(caution(note))
    })
  })
