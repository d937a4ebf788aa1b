// Record batches that another program has sent, whatever types they have.
import type { RecordBatch } from 'apache-arrow'
import type { Batch } from './column.ts'
import { textColumn } from './nested.ts'
import { arrowTypeOf, columnOf } from './received.ts'
import type { ArrowField } from './type.ts'

/** Returns the columns of record batches: those whose type is none of ours hold text. */
export function fieldsOf({ schema }: Pick<RecordBatch, 'schema'>): ArrowField[] {
  return schema.fields.map(({ name, type }) => ({ name, type: arrowTypeOf(type) ?? { name: 'utf8' } }))
}

/** Returns the rows of a record batch. Nested values become JSON, and others whose type is none of ours the text that they have in JavaScript. */
export function batchOf(batch: RecordBatch): Batch {
  const columns = batch.data.children.map(data => {
    const type = arrowTypeOf(data.type)
    return type ? columnOf(type, data) : textColumn(data)
  })
  return { rows: batch.numRows, columns }
}
