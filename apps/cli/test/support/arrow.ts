import type { QueryPart } from '@table/proto'
import { RecordBatchStreamWriter, Table, type Vector } from 'apache-arrow'

/** Ends in the middle of a number of Arrow, to show that parts may end anywhere. */
const PART_BYTES = 60_001

/** Yields the parts of an answer that has these columns, `repeats` times one below the other. */
export async function* answerOf(
  columns: Record<string, Vector>,
  repeats = 1,
): AsyncGenerator<Partial<QueryPart>> {
  const { batches } = new Table(columns)
  yield {} // the query is at work
  for await (const chunk of RecordBatchStreamWriter.writeAll(Array(repeats).fill(batches).flat()))
    for (let start = 0; start < chunk.length; start += PART_BYTES)
      yield { arrow: Buffer.from(chunk.subarray(start, start + PART_BYTES)) }
}
