// The tables that a query can ask: `data` and `uploads`.
import { type ArrowColumn, type ArrowField, arrowOf } from '@table/arrow'
import { doubtfulColumns, EMPTY, uniteColumns, withEmptyColumns } from '@table/table'
import { emptyColumns, type QueriedUpload } from './catalogue/queried.ts'
import type { Cluster } from './cluster.ts'
import type { EngineTable } from './engine/engine.ts'
import { keyOf } from './objects/uploadObjects.ts'

/** Returns the rows of these uploads, with columns united by name. Throws ServiceError `too-large`. */
export async function dataTable(
  { database, objects, uploads: { schemas } }: Pick<Cluster, 'database' | 'objects' | 'uploads'>,
  uploads: readonly QueriedUpload[],
  hasUploads: boolean,
): Promise<EngineTable> {
  const bySchema = Map.groupBy(uploads, ({ schema }) => schema)
  const columnsOf = await schemas.lists([...bySchema.keys()])
  const stored = Array.from(bySchema.keys(), schema => ({ schema, columns: columnsOf.get(schema) ?? [] }))
  const doubtful = doubtfulColumns(stored).flatMap(({ list: { schema }, positions }) =>
    positions.map(position => ({ schema, position })),
  )
  const ids = uploads.map(({ id }) => id)
  const known = withEmptyColumns(stored, await emptyColumns(database, ids, doubtful))
  const united = uniteColumns(known)
  const lists = known.map(({ schema, columns }, i) => {
    const places = new Map(
      columns.flatMap(({ name, type }, i) => (type === EMPTY ? [] : [[name, i] as const])),
    )
    return {
      columns: stored[i]?.columns ?? [],
      places: united.map(({ name }) => places.get(name)),
      files: (bySchema.get(schema) ?? []).map(({ id, object, received_at }) => ({
        url: objects.s3Url(keyOf(object, 'parquet')),
        upload: id,
        receivedAt: received_at,
      })),
    }
  })
  return { columns: united, lists, hasUploads }
}

/** Returns a row for each of these uploads as an Arrow IPC stream. */
export async function uploadsTable(uploads: readonly QueriedUpload[]): Promise<Uint8Array> {
  const columns = {
    id: integers(uploads.map(({ id }) => id)),
    upload_id: texts(uploads.map(({ upload_id }) => upload_id)),
    name: texts(uploads.map(({ name }) => name)),
    received_at: times(uploads.map(({ received_at }) => received_at)),
    rows: integers(uploads.map(({ rows }) => rows)),
    csv_bytes: integers(uploads.map(({ csv_bytes }) => csv_bytes)),
    parquet_bytes: integers(uploads.map(({ parquet_bytes }) => parquet_bytes)),
  }
  const fields = Object.entries(columns).map(([name, { type }]): ArrowField => ({ name, type }))
  async function* batches() {
    yield { rows: uploads.length, columns: Object.values(columns) }
  }
  const parts = await Array.fromAsync(arrowOf({ fields, batches: batches() }), part => Buffer.from(part))
  return Buffer.concat(parts)
}

function integers(values: readonly number[]): ArrowColumn {
  return column({ name: 'int', bits: 64, signed: true }, BigInt64Array.from(values, BigInt))
}

function times(values: readonly string[]): ArrowColumn {
  const microseconds = BigInt64Array.from(values, time => BigInt(Date.parse(time)) * 1000n)
  return column({ name: 'timestamp', unit: 'us', utc: true }, microseconds)
}

function texts(values: readonly (string | null)[]): ArrowColumn {
  const offsets = new Int32Array(values.length + 1)
  const valid = new Uint8Array((values.length + 7) >> 3)
  const bytes = values.map(value => Buffer.from(value ?? ''))
  bytes.forEach(({ length }, row) => {
    offsets[row + 1] = (offsets[row] ?? 0) + length
    if (values[row] !== null) valid[row >> 3] = (valid[row >> 3] ?? 0) | (1 << (row & 7))
  })
  return { ...column({ name: 'utf8' }, Uint8Array.from(Buffer.concat(bytes))), offsets, valid }
}

function column(type: ArrowColumn['type'], values: ArrowColumn['values']): ArrowColumn {
  return { type, values, offsets: undefined, valid: undefined, firstBit: 0 }
}
