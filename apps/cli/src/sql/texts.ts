import { type Data, DataType, Precision, type Vector } from 'apache-arrow'
import { dateText, timestampText, timeText } from './temporal.ts'
import { isNumber } from './types.ts'

/** Returns the text of a value that is not null, by its row. */
type TextOf = (row: number) => string

/**
 * Returns how the values of a column become text: integers and decimals with all of their digits, doubles as their shortest decimal,
 * dates and times in ISO 8601. Integers never become doubles.
 */
function textsOf(vector: Vector): TextOf {
  const [data] = vector.data
  if (!data) return () => ''
  const { type, values } = data
  if (DataType.isInt(type)) return row => String(values[row])
  if (DataType.isFloat(type)) return row => floatText(vector.get(row), type.precision)
  if (DataType.isDecimal(type)) return row => decimalText(unscaled(data, row), type.scale)
  if (DataType.isUtf8(type)) return utf8Texts(data)
  if (DataType.isBinary(type)) return row => `\\x${Buffer.from(vector.get(row)).toString('hex')}`
  if (DataType.isDate(type)) return row => dateText(values[row])
  if (DataType.isTime(type)) return row => timeText(BigInt(values[row]), type.unit)
  if (DataType.isTimestamp(type))
    return row => timestampText(values[row], type.unit) + (type.timezone ? 'Z' : '')
  return row => String(vector.get(row)) // a boolean
}

/** Returns the text of each value of a column, by its row, and null for a null. */
export function cellsOf(vector: Vector): (row: number) => string | null {
  const textOf = textsOf(vector)
  return vector.nullCount === 0 ? textOf : row => (vector.isValid(row) ? textOf(row) : null)
}

/** Returns how the values of a column, also nulls, become JSON: a number where JSON has such a number, or else a text. */
export function jsonOf(vector: Vector): TextOf {
  const [data] = vector.data
  if (!data) return () => 'null'
  const cellAt = cellsOf(vector)
  const isLiteral = isNumber(data.type) || DataType.isBool(data.type)
  return row => {
    const text = cellAt(row)
    if (text === null) return 'null'
    // JSON has neither NaN nor infinities: they become texts.
    return isLiteral && !/^-?[NI]/.test(text) ? text : JSON.stringify(text)
  }
}

/** Buffer decodes short texts faster than TextDecoder, which the vector uses. */
function utf8Texts({ values, valueOffsets }: Data): TextOf {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return row => bytes.toString('utf8', valueOffsets[row], valueOffsets[row + 1])
}

function floatText(value: number, precision: Precision): string {
  if (precision === Precision.DOUBLE || !Number.isFinite(value)) return String(value)
  // The fewest digits that give the same float of 32 bits.
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

/** Returns the integer that a decimal is when its point is left out. */
export function unscaled({ values, stride }: Data, row: number): bigint {
  let total = 0n
  for (let word = stride - 1; word >= 0; word--)
    total = (total << 32n) | BigInt(values[row * stride + word] >>> 0)
  return BigInt.asIntN(stride * 32, total)
}

function decimalText(value: bigint, scale: number): string {
  if (scale <= 0) return String(value * 10n ** BigInt(-scale))
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}
