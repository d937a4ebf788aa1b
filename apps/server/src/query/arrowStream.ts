import type { ArrowField } from '@table/arrow'
import { endOfStream, recordBatch, schemaMessage } from './arrowMessages.ts'
import type { Rows } from './rows.ts'

/** Yields an answer as an Arrow IPC stream. The bytes are valid until the next ones. */
export async function* arrowStream(
  fields: readonly ArrowField[],
  batches: AsyncIterable<Rows>,
): AsyncGenerator<Uint8Array, void, undefined> {
  yield schemaMessage(fields)
  for await (const { rows, columns } of batches)
    yield* recordBatch(
      rows,
      columns.map(({ array }) => array),
    )
  yield endOfStream
}
