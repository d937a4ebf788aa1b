// Values that have no type of ours, as text: nested values as JSON.
import { type Data, DataType, makeVector } from 'apache-arrow'
import type { ArrowColumn } from './column.ts'
import { jsonValuesOf } from './json.ts'
import { arrowTypeOf, columnOf } from './received.ts'
import { cellsOf } from './texts.ts'

/** Returns the JSON of a value by its row. */
type JsonOf = (row: number) => string

/** Returns a column of text for values of any type. */
export function textColumn(data: Data): ArrowColumn {
  const textOf = isNested(data.type) ? jsonOf(data) : plainText(data)
  const isValid = validity(data)
  const offsets = new Int32Array(data.length + 1)
  const valid = new Uint8Array((data.length + 7) >> 3)
  const texts: Buffer[] = []
  let bytes = 0
  for (let row = 0; row < data.length; row++) {
    if (isValid(row)) {
      const text = Buffer.from(textOf(row))
      texts.push(text)
      bytes += text.length
      valid[row >> 3] = (valid[row >> 3] as number) | (1 << (row & 7))
    }
    offsets[row + 1] = bytes
  }
  return {
    type: { name: 'utf8' },
    values: Uint8Array.from(Buffer.concat(texts)),
    offsets,
    valid,
    firstBit: 0,
  }
}

function isNested(type: DataType): boolean {
  return [DataType.isList, DataType.isFixedSizeList, DataType.isStruct, DataType.isMap].some(is => is(type))
}

function jsonOf(data: Data): JsonOf {
  const jsonAt = jsonOfValue(data)
  const isValid = validity(data)
  return row => (isValid(row) ? jsonAt(row) : 'null')
}

function jsonOfValue(data: Data): JsonOf {
  const { type, children, valueOffsets: offsets } = data
  const known = arrowTypeOf(type)
  if (known) return jsonValuesOf(columnOf(known, data))
  if (DataType.isStruct(type)) {
    const members = type.children.map(
      ({ name }, i) => [JSON.stringify(name), jsonOf(children[i] as Data)] as const,
    )
    return row => `{${members.map(([name, memberOf]) => `${name}:${memberOf(row)}`).join()}}`
  }
  if (DataType.isMap(type)) {
    const [entries] = children as [Data]
    const [keys, values] = entries.children as [Data, Data]
    const keyOf = keyText(keys)
    const jsonAt = jsonOf(values)
    return row => `{${span(offsets, row, at => `${JSON.stringify(keyOf(at))}:${jsonAt(at)}`)}}`
  }
  if (DataType.isList(type)) {
    const itemOf = jsonOf(children[0] as Data)
    return row => `[${span(offsets, row, itemOf)}]`
  }
  if (DataType.isFixedSizeList(type)) {
    const itemOf = jsonOf(children[0] as Data)
    const size = type.listSize
    return row => `[${Array.from({ length: size }, (_, i) => itemOf(row * size + i)).join()}]`
  }
  const textOf = plainText(data)
  return row => JSON.stringify(textOf(row))
}

function span(offsets: Int32Array, row: number, textAt: JsonOf): string {
  const from = offsets[row] as number
  return Array.from({ length: (offsets[row + 1] as number) - from }, (_, i) => textAt(from + i)).join()
}

function keyText(keys: Data): JsonOf {
  const known = arrowTypeOf(keys.type)
  if (!known) return jsonOf(keys)
  const cellAt = cellsOf(columnOf(known, keys))
  return row => cellAt(row) ?? 'null'
}

function plainText(data: Data): JsonOf {
  const vector = makeVector(data)
  return row => String(vector.get(row))
}

function validity({ type, nullCount, nullBitmap, offset }: Data): (row: number) => boolean {
  if (DataType.isNull(type)) return () => false
  if (nullCount === 0 || !nullBitmap) return () => true
  return row => (((nullBitmap[(offset + row) >> 3] as number) >> ((offset + row) & 7)) & 1) === 1
}
