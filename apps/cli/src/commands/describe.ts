import { Command } from 'commander'
import { addStyleOptions, type Style, styleOf, tableText } from '../printTable.ts'
import type { Target } from '../target.ts'
import { addWatchOptions, printOrWatch } from '../watch.ts'

export const describe = addWatchOptions(addStyleOptions(new Command('describe')))
  .summary('say what is in the table')
  .description(
    'Say how many uploads, rows and bytes the table has, and for every column its types (with the number of uploads that have ' +
      'each), in how many uploads and rows it is, its nulls, its minimum and its maximum. CSV has the columns alone.',
  )
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli describe\n  table-cli describe --json\n  table-cli describe --watch',
  )
  .action(async (_options, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    await printOrWatch(command, note => descriptionText(target, styleOf(command), note))
  })

async function* descriptionText(target: Target, style: Style, note: (line: string) => void) {
  const { ask, withConnection } = await import('../client.ts')
  const { TableService } = await import('@table/proto')
  const { descriptionColumns, descriptionRow } = await import('../columnRows.ts')
  const answer = await withConnection(target, connection => ask(connection, TableService.describe, {}))
  const totals = {
    uploads: Number(answer.uploads),
    rows: Number(answer.rows),
    csv_bytes: Number(answer.csvBytes),
    parquet_bytes: Number(answer.parquetBytes),
  }
  const columns = answer.columns.map(descriptionRow)
  const moreColumns = Number(answer.moreColumns)
  if (style === 'json') {
    yield `${JSON.stringify({ ...totals, columns, more_columns: moreColumns }, null, 2)}\n`
    return
  }
  if (style === 'aligned') {
    yield* tableText(Object.keys(totals), [[totals]], style)
    if (columns.length === 0) return
    yield '\n'
  }
  yield* tableText(descriptionColumns, [columns], style)
  if (moreColumns > 0) note(`${moreColumns} more columns are left out`)
}
