import { readFileSync } from 'node:fs'
import { text } from 'node:stream/consumers'
import { Command, InvalidArgumentError } from 'commander'
import { CliError, oneLine } from '../errors.ts'
import { addStyleOptions, styleOf } from '../printTable.ts'
import type { FileFormat } from '../sql/answer.ts'

interface SqlOptions {
  file?: string
  output?: { path: string; format: FileFormat }
}

export const sql = addStyleOptions(new Command('sql'))
  .summary('answer a question in SQL')
  .description(
    'Answer one SELECT over all uploads, by DuckDB on the server. The view data has the rows, with the columns of all uploads and with ' +
      '_upload and _received_at; the view uploads has a row for each upload. Without a query, standard input has it, and on a ' +
      'terminal a shell asks for queries.',
  )
  .argument('[query]', 'the SELECT; - reads it from standard input')
  .option('-f, --file <file>', 'read the query from a file')
  .option('-o, --output <file>', 'write a file: .parquet, .arrow (an Arrow IPC file) or .csv', outputOf)
  .addHelpText(
    'after',
    [
      '\nExamples:',
      '  table-cli sql "SELECT count(*) FROM data"',
      '  table-cli sql "SELECT name, rows FROM uploads ORDER BY rows DESC LIMIT 5" --json',
      '  table-cli sql "FROM data" -o all.parquet',
    ].join('\n'),
  )
  .action(async (query: string | undefined, options: SqlOptions, command: Command) => {
    const { file, output } = options
    const style = styleOf(command)
    if (query !== undefined && file !== undefined)
      command.error('error: give the query or a file with it, not both')
    if (output && style !== 'aligned') command.error(`error: with -o, leave --${style} out: the name says it`)
    const isShell = query === undefined && file === undefined && process.stdin.isTTY
    if (isShell && output) command.error('error: -o needs a query')
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { withConnection } = await import('../client.ts')
    if (isShell) {
      const { runShell } = await import('../sql/shell.ts')
      await withConnection(target, connection => runShell(connection, style))
      return
    }
    const statement = file === undefined ? await queryOf(query) : fileText(file)
    if (statement.trim() === '') throw new CliError('there is no query: give a SELECT')
    const { answerQuery } = await import('../sql/answer.ts')
    const destination = { style, ...(output && { file: output }) }
    await withConnection(target, connection =>
      answerQuery(connection, statement, destination, new AbortController()),
    )
  })

async function queryOf(query = '-'): Promise<string> {
  return query === '-' ? text(process.stdin) : query
}

function fileText(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliError(`cannot read ${oneLine(path)} (${code}): check the path`, { cause: error })
  }
}

function outputOf(path: string): SqlOptions['output'] {
  const [, extension] = /\.(parquet|arrow|csv)$/.exec(path) ?? []
  if (extension === undefined)
    throw new InvalidArgumentError('Expected FILE.parquet, FILE.arrow or FILE.csv.')
  return { path, format: extension as FileFormat }
}
