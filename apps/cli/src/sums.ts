import { TableService } from '@table/proto'
import { ask, type Connection, columnSum } from './client.ts'
import { UnknownQuestionError } from './errors.ts'
import type { Format } from './options.ts'

export interface ColumnSum {
  column: string
  /** In decimal, exact; with doubles rounded once to the nearest double. */
  sum: string
  /** False if no upload has the column, as far as can be told. */
  known: boolean
}

/** Asks for the sums of columns over the same uploads. Throws CliError with the server's own message if a column has no sum. */
export async function columnSums(
  connection: Connection,
  columns: readonly string[],
  format: Format,
): Promise<ColumnSum[]> {
  const sums: ColumnSum[] = []
  for (const { name, types, sum } of await statsOf(connection, columns, format)) {
    const known = types.length > 0
    if (sum !== '' || !known) sums.push({ column: name, sum: sum || '0', known })
    else sums.push(await integerSum(connection, name, format))
  }
  return sums
}

/** Returns no more than the names where the server does not know Stats. ColSum then says what the sum is, or why there is none. */
async function statsOf(connection: Connection, columns: readonly string[], format: Format) {
  try {
    return (await ask(connection, TableService.stats, { columns: [...columns], format })).columns
  } catch (error) {
    if (!(error instanceof UnknownQuestionError)) throw error
    return columns.map(name => ({ name, types: ['unknown'], sum: '' }))
  }
}

async function integerSum(connection: Connection, column: string, format: Format): Promise<ColumnSum> {
  const { total } = await columnSum(connection, column, format)
  return { column, sum: String(total), known: total !== 0n }
}
