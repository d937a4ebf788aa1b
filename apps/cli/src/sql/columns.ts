import type { Answer, ArrowType, Batch } from '@table/arrow'
import { arrowTypeOf, columnOf } from '@table/arrow/received'
import type { DataType, RecordBatch } from 'apache-arrow'
import { CliError, oneLine } from '../errors.ts'
import type { Result } from './query.ts'

/** Returns the answer as what texts and files are made of. Throws CliError if a column has a type that no server sends today. */
export function answerOf({ fields, batches }: Result): Answer {
  const known = fields.map(({ name, type }) => ({ name, type: knownType(name, type) }))
  const types = known.map(({ type }) => type)
  return { fields: known, batches: converted(batches, types) }
}

async function* converted(
  batches: AsyncIterable<RecordBatch>,
  types: readonly ArrowType[],
): AsyncGenerator<Batch> {
  for await (const { numRows: rows, data } of batches) {
    if (rows === 0) continue
    const columns = data.children.map((child, i) => columnOf(types[i] as ArrowType, child))
    yield { rows, columns }
  }
}

function knownType(name: string, type: DataType): ArrowType {
  const known = arrowTypeOf(type)
  if (known) return known
  const what = `column ${JSON.stringify(name)} is ${type}, which this table-cli does not know`
  throw new CliError(
    oneLine(`${what}: cast it to text (${name}::text), write -o FILE.arrow, or update table-cli`),
  )
}
