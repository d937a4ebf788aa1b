import { type Data, DataType, DateUnit, type MapRow, type StructRow, type Vector } from 'apache-arrow'
import { dateText, intervalText, timestampText, timeText } from './temporal.ts'
import { isBytes, isList } from './types.ts'

/** Returns the text of a value that is not null, by its row. */
type TextOf = (row: number) => string

const MILLISECONDS_PER_DAY = 86_400_000

/**
 * Returns how the values of a column become text: integers and decimals with all of their digits, doubles as their shortest decimal,
 * dates and times in ISO 8601, lists and structures as JSON. Integers never become doubles.
 */
function textsOf(vector: Vector): TextOf {
  const [data] = vector.data
  if (!data) return () => ''
  const { type, values } = data
  if (DataType.isInt(type)) return row => String(values[row])
  if (DataType.isFloat(type)) return row => floatText(vector.get(row), type.precision)
  if (DataType.isDecimal(type)) return row => decimalText(unscaled(data, row), type.scale)
  if (DataType.isUtf8(type)) return utf8Texts(data)
  if (isBytes(type)) return row => `\\x${Buffer.from(vector.get(row)).toString('hex')}`
  if (DataType.isDate(type))
    return type.unit === DateUnit.DAY
      ? row => dateText(values[row])
      : row => dateText(Number(values[row]) / MILLISECONDS_PER_DAY)
  if (DataType.isTime(type)) return row => timeText(BigInt(values[row]), type.unit)
  if (DataType.isTimestamp(type))
    return row => timestampText(values[row], type.unit) + (type.timezone ? 'Z' : '')
  if (DataType.isInterval(type)) return row => intervalOf(vector.get(row))
  if (isList(type) || DataType.isStruct(type) || DataType.isMap(type)) return row => nestedJson(vector, row)
  return row => String(vector.get(row))
}

/** Returns the text of each value of a column, by its row, and null for a null. */
export function cellsOf(vector: Vector): (row: number) => string | null {
  if (DataType.isNull(vector.type)) return () => null
  const textOf = textsOf(vector)
  return vector.nullCount === 0 ? textOf : row => (vector.isValid(row) ? textOf(row) : null)
}

/** Returns how the values of a column, also nulls, become JSON: a number where JSON has such a number, or else a text. */
export function jsonOf(vector: Vector): TextOf {
  const [data] = vector.data
  if (!data) return () => 'null'
  const cellAt = cellsOf(vector)
  const isLiteral = isJson(data.type)
  return row => {
    const text = cellAt(row)
    if (text === null) return 'null'
    // JSON has neither NaN nor infinities: they become texts.
    return isLiteral && !/^-?[NI]/.test(text) ? text : JSON.stringify(text)
  }
}

function isJson(type: DataType): boolean {
  if (DataType.isInt(type) || DataType.isFloat(type) || DataType.isDecimal(type)) return true
  return DataType.isBool(type) || isList(type) || DataType.isStruct(type) || DataType.isMap(type)
}

function nestedJson(vector: Vector, row: number): string {
  const value: Vector | StructRow | MapRow = vector.get(row)
  const { type } = vector
  if (isList(type)) {
    const items = value as Vector
    const itemOf = jsonOf(items)
    return `[${Array.from({ length: items.length }, (_, item) => itemOf(item)).join(', ')}]`
  }
  if (DataType.isMap(type)) {
    const pairs = [...(value as MapRow)].map(
      ([key, item]) => `${JSON.stringify(String(key))}: ${plain(item)}`,
    )
    return `{${pairs.join(', ')}}`
  }
  const fields = (type as DataType).children.map(({ name }, i) => {
    const child = vector.getChildAt(i)
    return `${JSON.stringify(name)}: ${child ? jsonOf(child)(row) : 'null'}`
  })
  return `{${fields.join(', ')}}`
}

function plain(value: unknown): string {
  return typeof value === 'bigint' ? String(value) : JSON.stringify(value)
}

/** Buffer decodes short texts faster than TextDecoder, which the vector uses. */
function utf8Texts({ values, valueOffsets }: Data): TextOf {
  const bytes = Buffer.from(values.buffer, values.byteOffset, values.byteLength)
  return row => bytes.toString('utf8', valueOffsets[row], valueOffsets[row + 1])
}

function floatText(value: number, precision: number): string {
  if (precision === 2 || !Number.isFinite(value)) return String(value)
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

/** Months, days and nanoseconds in two halves. */
function intervalOf(parts: Int32Array): string {
  const [months = 0, days = 0, low = 0, high = 0] = parts
  return intervalText(months, days, (BigInt(high) << 32n) | BigInt(low >>> 0))
}
