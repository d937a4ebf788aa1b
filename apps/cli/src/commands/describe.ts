import { Command } from 'commander'
import { addStyleOptions, styleOf, tableText } from '../printTable.ts'

export const describe = addStyleOptions(new Command('describe'))
  .summary('say what is in the table')
  .description(
    'Say how many uploads, rows and bytes the table has, and for every column its types (with the number of uploads that have ' +
      'each), in how many uploads and rows it is, its nulls, its minimum and its maximum. CSV has the columns alone.',
  )
  .addHelpText('after', '\nExamples:\n  table-cli describe\n  table-cli describe --json')
  .action(async (_options, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { ask, withConnection } = await import('../client.ts')
    const { TableService } = await import('@table/proto')
    const { descriptionColumns, descriptionRow } = await import('../columnRows.ts')
    const { print } = await import('../print.ts')
    const answer = await withConnection(target, connection => ask(connection, TableService.describe, {}))
    const totals = {
      uploads: Number(answer.uploads),
      rows: Number(answer.rows),
      csv_bytes: Number(answer.csvBytes),
      parquet_bytes: Number(answer.parquetBytes),
    }
    const columns = answer.columns.map(descriptionRow)
    const moreColumns = Number(answer.moreColumns)
    const style = styleOf(command)
    if (style === 'json') {
      console.log(JSON.stringify({ ...totals, columns, more_columns: moreColumns }, null, 2))
      return
    }
    if (style === 'aligned') {
      await print(tableText(Object.keys(totals), [[totals]], style))
      if (columns.length === 0) return
      console.log()
    }
    await print(tableText(descriptionColumns, [columns], style))
    if (moreColumns > 0) console.error(`${moreColumns} more columns are left out`)
  })
