import { Command } from 'commander'
import { oneLine } from '../errors.ts'
import { type Format, formatOption } from '../options.ts'
import { addStyleOptions, type Style, styleOf, tableText } from '../printTable.ts'
import type { Target } from '../target.ts'
import { addWatchOptions, printOrWatch } from '../watch.ts'

export const stats = addWatchOptions(addStyleOptions(new Command('stats')))
  .summary('print exact statistics of columns')
  .description(
    'Print for each column over all uploads: its types (with the number of uploads that have each), rows, nulls, minimum and ' +
      'maximum, and of numbers the exact sum and the mean.',
  )
  .argument('<column...>', 'names of columns')
  .addOption(formatOption())
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli stats price amount\n  table-cli stats price --format csv --json\n  table-cli stats price --every 5',
  )
  .action(async (columns: string[], { format }: { format: Format }, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const question = { columns, format, style: styleOf(command) }
    await printOrWatch(command, note => statsText(target, question, note))
  })

interface Question {
  columns: string[]
  format: Format
  style: Style
}

async function* statsText(
  target: Target,
  { columns, format, style }: Question,
  note: (line: string) => void,
) {
  const { ask, withConnection } = await import('../client.ts')
  const { TableService } = await import('@table/proto')
  const { statsColumns, statsRow } = await import('../columnRows.ts')
  const { showWaiting } = await import('../progress.ts')
  const { notesOnUnknown } = await import('../similarNames.ts')
  const what = `reading ${oneLine(columns.join(', '))} (${format})`
  const { rows, notes } = await withConnection(target, async connection => {
    const answer = await showWaiting(what, ask(connection, TableService.stats, { columns, format }))
    const unknown = answer.columns.filter(({ types }) => types.length === 0).map(({ name }) => name)
    return { rows: answer.columns.map(statsRow), notes: await notesOnUnknown(connection, unknown) }
  })
  yield* tableText(statsColumns, [rows], style)
  for (const line of notes) note(line)
}
