import { QueryPart, TableService } from '@table/proto'
import { type Field, type RecordBatch, RecordBatchReader } from 'apache-arrow'
import type { Connection } from '../client.ts'
import { CliError, UnknownQuestionError } from '../errors.ts'
import { receiveMessages } from '../messages.ts'
import { queryError } from './queryError.ts'

/** The answer of a query: its columns, and its rows as they come. */
export interface Result {
  fields: readonly Field[]
  batches: AsyncIterable<RecordBatch>
}

/**
 * Asks the server a query, and resolves when the columns of the answer are known. Throws CliError with the server's own message if the
 * query is wrong; the batches throw the same errors. The query is cancelled when `signal` aborts.
 */
export async function askQuery(connection: Connection, sql: string, signal: AbortSignal): Promise<Result> {
  const reader = await RecordBatchReader.from(arrowParts(connection, sql, signal))
  await reader.open()
  return { fields: reader.schema.fields, batches: reader }
}

async function* arrowParts(
  connection: Connection,
  sql: string,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { path, requestSerialize } = TableService.query
  try {
    for await (const message of receiveMessages(connection, path, requestSerialize({ sql }), { signal })) {
      const { arrow, error } = QueryPart.decode(message)
      if (error !== '') throw new CliError(queryError(error))
      if (arrow.length > 0) yield arrow
    }
  } catch (error) {
    if (!(error instanceof UnknownQuestionError)) throw error
    const what = `${connection.target.name} does not answer SQL (${error.reason})`
    throw new CliError(`${what}: update the server, or name another with --server`)
  }
}
