// The messages of an Arrow IPC stream: https://arrow.apache.org/docs/format/Columnar.html#ipc-streaming-format
import { type FieldValue, FlatBuffer } from './flatBuffer.ts'
import type { ArrowField, ArrowType, TimeUnit } from './type.ts'

/** What a record batch has of a column: its rows, its nulls, and its buffers, of which the first says which rows are not null. */
export interface ArrowArray {
  nulls: number
  buffers: readonly Uint8Array[]
}

const METADATA_V5 = 4
const SCHEMA = 1
const RECORD_BATCH = 3
const timeUnits: readonly TimeUnit[] = ['s', 'ms', 'us', 'ns']
const DAYS = 0

/** Ends a stream. */
export const endOfStream = Buffer.from([0xff, 0xff, 0xff, 0xff, 0, 0, 0, 0])

/** Returns the message that begins a stream. */
export function schemaMessage(fields: readonly ArrowField[]): Buffer {
  const flat = new FlatBuffer()
  const tables = fields.map(({ name, type }) => {
    const children = flat.offsets([])
    const { kind, table } = typeTable(flat, type)
    const named = flat.string(name)
    return flat.table([
      { offset: named },
      byte(1),
      byte(kind),
      { offset: table },
      undefined,
      { offset: children },
    ])
  })
  const schema = flat.table([short(0), { offset: flat.offsets(tables) }])
  return Buffer.concat(message(flat, SCHEMA, schema, 0))
}

/** Returns the pieces of a record batch, in their order. */
export function recordBatch(rows: number, arrays: readonly ArrowArray[]): Uint8Array[] {
  const body: Uint8Array[] = []
  const places: [offset: number, length: number][] = []
  let length = 0
  for (const { buffers } of arrays)
    for (const buffer of buffers) {
      places.push([length, buffer.length])
      const padding = -buffer.length & 7
      body.push(buffer)
      if (padding > 0) body.push(Buffer.alloc(padding))
      length += buffer.length + padding
    }
  const flat = new FlatBuffer()
  const buffers = flat.pairs(places)
  const nodes = flat.pairs(arrays.map(({ nulls }) => [rows, nulls] as const))
  const batch = flat.table([{ bytes: 8, value: rows }, { offset: nodes }, { offset: buffers }])
  return [...message(flat, RECORD_BATCH, batch, length), ...body]
}

function message(flat: FlatBuffer, kind: number, header: number, bodyLength: number): Buffer[] {
  const root = flat.table([
    short(METADATA_V5),
    byte(kind),
    { offset: header },
    { bytes: 8, value: bodyLength },
  ])
  const metadata = flat.finish(root)
  const padding = -metadata.length & 7
  const prefix = Buffer.alloc(8, 0xff)
  prefix.writeInt32LE(metadata.length + padding, 4)
  return [prefix, metadata, Buffer.alloc(padding)]
}

function typeTable(flat: FlatBuffer, type: ArrowType): { kind: number; table: number } {
  switch (type.name) {
    case 'int':
      return { kind: 2, table: flat.table([int(type.bits), byte(type.signed ? 1 : 0)]) }
    case 'float':
      return { kind: 3, table: flat.table([short(type.bits === 32 ? 1 : 2)]) }
    case 'binary':
      return { kind: 4, table: flat.table([]) }
    case 'utf8':
      return { kind: 5, table: flat.table([]) }
    case 'bool':
      return { kind: 6, table: flat.table([]) }
    case 'decimal':
      return { kind: 7, table: flat.table([int(type.precision), int(type.scale), int(128)]) }
    case 'date':
      return { kind: 8, table: flat.table([short(DAYS)]) }
    case 'time':
      return { kind: 9, table: flat.table([short(timeUnits.indexOf('us')), int(64)]) }
    case 'timestamp': {
      const zone = type.utc ? { offset: flat.string('UTC') } : undefined
      return { kind: 10, table: flat.table([short(timeUnits.indexOf(type.unit)), zone]) }
    }
  }
}

const byte = (value: number): FieldValue => ({ bytes: 1, value })
const short = (value: number): FieldValue => ({ bytes: 2, value })
const int = (value: number): FieldValue => ({ bytes: 4, value })
