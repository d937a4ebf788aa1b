import { Command, InvalidArgumentError } from 'commander'
import { addStyleOptions, styleOf, tableText } from '../printTable.ts'

export const ls = addStyleOptions(new Command('ls'))
  .summary('list the uploads')
  .description(
    'List the uploads: number, name of the file, when the upload was received, rows, and bytes of the CSV. The newest comes first.',
  )
  .option('--limit <count>', 'list at most this many uploads', parseLimit)
  .option('--oldest-first', 'list the oldest upload first')
  .addHelpText('after', '\nExamples:\n  table-cli ls --limit 10\n  table-cli ls --oldest-first --json')
  .action(async (options: { limit?: number; oldestFirst?: true }, command: Command) => {
    const { limit = Number.POSITIVE_INFINITY, oldestFirst = false } = options
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { withConnection } = await import('../client.ts')
    const { listUploads, uploadColumns } = await import('../uploadRows.ts')
    const { print } = await import('../print.ts')
    await withConnection(target, connection =>
      print(tableText(uploadColumns, listUploads(connection, { limit, oldestFirst }), styleOf(command))),
    )
  })

function parseLimit(text: string): number {
  const limit = Number(text)
  if (!/^\d+$/.test(text) || limit === 0) throw new InvalidArgumentError('Expected a whole number from 1 on.')
  return limit
}
