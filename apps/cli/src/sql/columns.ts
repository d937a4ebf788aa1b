import type { Answer, ArrowColumn, ArrowType, Batch } from '@table/arrow'
import { DataType, DateUnit, Precision, type RecordBatch, TimeUnit, type Vector } from 'apache-arrow'
import { CliError, oneLine } from '../errors.ts'
import type { Result } from './query.ts'

const units = {
  [TimeUnit.SECOND]: 's',
  [TimeUnit.MILLISECOND]: 'ms',
  [TimeUnit.MICROSECOND]: 'us',
  [TimeUnit.NANOSECOND]: 'ns',
} as const

/** Returns the answer as what texts and files are made of. Throws CliError if a column has a type that no server sends today. */
export function answerOf({ fields, batches }: Result): Answer {
  const known = fields.map(({ name, type }) => ({ name, type: arrowType(name, type) }))
  const types = known.map(({ type }) => type)
  return { fields: known, batches: converted(batches, types) }
}

async function* converted(
  batches: AsyncIterable<RecordBatch>,
  types: readonly ArrowType[],
): AsyncGenerator<Batch> {
  for await (const batch of batches) {
    if (batch.numRows === 0) continue
    const columns = types.map((type, i) => columnOf(type, batch.getChildAt(i) as Vector))
    yield { rows: batch.numRows, columns }
  }
}

function columnOf(type: ArrowType, { data: [data] }: Vector): ArrowColumn {
  if (!data) throw new Error('a column of a record batch has no data')
  const { values, valueOffsets, nullBitmap, nullCount, offset } = data
  return {
    type,
    values,
    offsets: valueOffsets,
    valid: nullCount > 0 ? nullBitmap : undefined,
    firstBit: offset,
  }
}

function arrowType(name: string, type: DataType): ArrowType {
  if (DataType.isInt(type)) return { name: 'int', bits: type.bitWidth, signed: type.isSigned }
  if (DataType.isFloat(type) && type.precision !== Precision.HALF)
    return { name: 'float', bits: type.precision === Precision.DOUBLE ? 64 : 32 }
  if (DataType.isDecimal(type) && type.bitWidth === 128 && type.scale >= 0)
    return { name: 'decimal', precision: type.precision, scale: type.scale }
  if (DataType.isBool(type)) return { name: 'bool' }
  if (DataType.isUtf8(type)) return { name: 'utf8' }
  if (DataType.isBinary(type)) return { name: 'binary' }
  if (DataType.isDate(type) && type.unit === DateUnit.DAY) return { name: 'date' }
  if (DataType.isTime(type) && type.unit === TimeUnit.MICROSECOND) return { name: 'time' }
  if (DataType.isTimestamp(type))
    return { name: 'timestamp', unit: units[type.unit], utc: Boolean(type.timezone) }
  const what = `column ${JSON.stringify(name)} is ${type}, which this table-cli does not know`
  throw new CliError(
    oneLine(`${what}: cast it to text (${name}::text), write -o FILE.arrow, or update table-cli`),
  )
}
