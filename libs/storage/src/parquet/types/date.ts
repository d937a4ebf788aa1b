import { parseDate } from '../../csv/times.ts'
import { type ColumnKind, fixedWidthAppend } from './columnKind.ts'

/** Days from 1970-01-01. */
export const date: ColumnKind = {
  schema: { type: 'INT32', logical_type: { type: 'DATE' }, converted_type: 'DATE' },
  width: 4,
  append: fixedWidthAppend(4, (bytes, start, end, { ints }, index) => {
    const days = parseDate(bytes, start, end)
    if (days === undefined) return false
    ints[index] = days
    return true
  }),
  range({ ints, length }) {
    if (length === 0) return undefined
    let min = ints[0]
    let max = min
    for (let i = 1; i < length / 4; i++) {
      const days = ints[i]
      if (days < min) min = days
      if (days > max) max = days
    }
    return { min, max }
  },
}
