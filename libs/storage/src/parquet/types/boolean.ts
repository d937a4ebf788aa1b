import { parseBoolean } from '../../csv/booleans.ts'
import { type ColumnKind, fixedWidthAppend } from './columnKind.ts'

export const boolean: ColumnKind = {
  schema: { type: 'BOOLEAN' },
  width: 1,
  append: fixedWidthAppend(1, (bytes, start, end, values, index) => {
    const value = parseBoolean(bytes, start, end)
    if (value === undefined) return false
    values.bytes[index] = value
    return true
  }),
  range({ bytes, length }) {
    if (length === 0) return undefined
    const values = bytes.subarray(0, length)
    return { min: !values.includes(0), max: values.includes(1) }
  },
}
