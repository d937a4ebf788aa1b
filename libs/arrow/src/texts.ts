import { type ArrowColumn, isBitSet } from './column.ts'
import { dateText, timestampText, timeText } from './temporal.ts'

/** Returns the text of a value that is not null, by its row. */
type TextOf = (row: number) => string

/** Four words of 32 bits make a decimal. */
const DECIMAL_WORDS = 4

/**
 * Returns how the values of a column become text: integers and decimals with all of their digits, doubles as their shortest decimal,
 * dates and times in ISO 8601. Integers never become doubles.
 */
function textsOf(column: ArrowColumn): TextOf {
  const { type, values, offsets } = column
  switch (type.name) {
    case 'int':
      return row => String(values[row])
    case 'float':
      return type.bits === 64 ? row => String(values[row]) : row => floatText(values[row] as number)
    case 'decimal':
      return row => decimalText(unscaled(column, row), type.scale)
    case 'bool': {
      const bits = values as Uint8Array
      return row => String(isBitSet(bits, column.firstBit + row))
    }
    case 'utf8': {
      // Buffer decodes short texts faster than TextDecoder.
      const bytes = bufferOf(values)
      return row => bytes.toString('utf8', offsets?.[row], offsets?.[row + 1])
    }
    case 'binary': {
      const bytesOf = bytesAt(column)
      return row => `\\x${bytesOf(row).toString('hex')}`
    }
    case 'date':
      return row => dateText(values[row] as number)
    case 'time':
      return row => timeText(Number(values[row]), 'us')
    case 'timestamp':
      return row => timestampText(values[row] as bigint, type.unit, type.utc)
  }
}

/** Returns the text of each value of a column, by its row, and null for a null. */
export function cellsOf(column: ArrowColumn): (row: number) => string | null {
  const textOf = textsOf(column)
  const { valid, firstBit } = column
  return valid ? row => (isBitSet(valid, firstBit + row) ? textOf(row) : null) : textOf
}

/** Returns the bytes of each text, by its row. They are valid as long as the column is. */
export function bytesAt({ values, offsets }: ArrowColumn): (row: number) => Buffer {
  const bytes = bufferOf(values)
  return row => bytes.subarray(offsets?.[row], offsets?.[row + 1])
}

function bufferOf({ buffer, byteOffset, byteLength }: ArrayBufferView): Buffer {
  return Buffer.from(buffer as ArrayBuffer, byteOffset, byteLength)
}

/** Returns the fewest digits that give the same float of 32 bits. */
function floatText(value: number): string {
  if (!Number.isFinite(value)) return String(value)
  for (let digits = 1; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits))
    if (Math.fround(short) === value) return String(short)
  }
  return String(value)
}

/** Returns the integer that a decimal is when its point is left out. */
export function unscaled({ values }: ArrowColumn, row: number): bigint {
  let total = 0n
  for (let word = DECIMAL_WORDS - 1; word >= 0; word--)
    total = (total << 32n) | BigInt((values[row * DECIMAL_WORDS + word] as number) >>> 0)
  return BigInt.asIntN(128, total)
}

function decimalText(value: bigint, scale: number): string {
  if (scale === 0) return String(value)
  const digits = String(value < 0n ? -value : value).padStart(scale + 1, '0')
  const point = digits.length - scale
  return `${value < 0n ? '-' : ''}${digits.slice(0, point)}.${digits.slice(point)}`
}
