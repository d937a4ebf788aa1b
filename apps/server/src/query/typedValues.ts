import type { ArrowColumn, ArrowType } from '@table/arrow'

/** Returns the bytes of a column as the numbers that its type has. */
export function typedValues(
  type: ArrowType,
  { buffer, length }: Uint8Array<ArrayBuffer>,
): ArrowColumn['values'] {
  const Numbers = arrayOf(type)
  return new Numbers(buffer, 0, length / Numbers.BYTES_PER_ELEMENT)
}

function arrayOf(type: ArrowType) {
  switch (type.name) {
    case 'int':
      return integers(type.bits, type.signed)
    case 'float':
      return type.bits === 64 ? Float64Array : Float32Array
    case 'decimal':
      return Uint32Array
    case 'date':
      return Int32Array
    case 'time':
    case 'timestamp':
      return BigInt64Array
    default:
      return Uint8Array
  }
}

function integers(bits: number, signed: boolean) {
  switch (bits) {
    case 8:
      return signed ? Int8Array : Uint8Array
    case 16:
      return signed ? Int16Array : Uint16Array
    case 32:
      return signed ? Int32Array : Uint32Array
    default:
      return signed ? BigInt64Array : BigUint64Array
  }
}
