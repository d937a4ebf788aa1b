// Questions that the engine answers, with guards: an engine skips a missing file in silence and does not notice other bytes, so its rows are
// compared with the catalogue's and the store's objects with what was stored.
import { type Format, placesBySchema, StorageError } from '@table/storage'
import { ServiceError } from '@table/table'
import type { Cluster } from './cluster.ts'
import type { Part } from './division.ts'
import type { EngineGroup, EngineQuestion, EngineStats, EngineSum } from './engine/engine.ts'
import { expectObjects, type StoredObject } from './objects/expected.ts'
import { keyOf } from './spool/fetch.ts'

/** How many files the engine gets in one question. */
const FILES = 5000

interface Batch {
  groups: Map<string, EngineGroup & { urls: string[] }>
  files: StoredObject[]
  rows: number
}

/** Returns what the engine says of the one column of a part, for some files after the other. */
export async function* engineSums(
  cluster: Cluster,
  part: Part,
  question: { column: string; format: Format; signal: AbortSignal },
): AsyncGenerator<EngineSum, void, undefined> {
  const { column, format, signal } = question
  const { engine } = cluster
  for (const batch of batches(cluster, part, format))
    if (engine)
      yield checked(cluster, batch, question, () =>
        engine.columnSum({ column, format, groups: groupsOf(batch) }, signal),
      )
}

/** The same for statistics. */
export async function* engineStats(
  cluster: Cluster,
  part: Part,
  question: { column: string; format: Format; signal: AbortSignal },
): AsyncGenerator<EngineStats, void, undefined> {
  const { column, format, signal } = question
  const { engine } = cluster
  for (const batch of batches(cluster, part, format))
    if (engine)
      yield checked(cluster, batch, question, () =>
        engine.columnStats({ column, format, groups: groupsOf(batch) }, signal),
      )
}

function groupsOf({ groups }: Batch): EngineQuestion['groups'] {
  return [...groups.values()]
}

/** Asks, and throws `damaged` with the upload if the answer is not about the bytes that were stored. */
async function checked<T extends EngineSum>(
  { objects }: Cluster,
  { files, rows }: Batch,
  { format, signal }: { format: Format; signal: AbortSignal },
  ask: () => Promise<T>,
): Promise<T> {
  const expectStored = () => expectObjects(objects, format, files, signal)
  let answer: T
  try {
    answer = await ask()
  } catch (error) {
    if (error instanceof ServiceError && error.code === 'damaged') await expectStored()
    throw error
  }
  await expectStored()
  if (answer.rows === rows) return answer
  throw new StorageError('damaged', `the engine found ${answer.rows} rows, the catalogue has ${rows}`, {
    forClients: `the engine found ${answer.rows} rows in ${files.length} uploads, expected ${rows}`,
  })
}

/** Yields files of the same shape together, some thousands at a time. */
function* batches(
  { objects, uploads: { particulars } }: Cluster,
  { uploads, places: [places] }: Part,
  format: Format,
): Generator<Batch> {
  if (!places || places.schemas.length === 0) return
  const placeOf = placesBySchema(places)
  let batch: Batch = { groups: new Map(), files: [], rows: 0 }
  for (const { id, schema, csvBytes, parquetBytes } of uploads) {
    const place = placeOf(schema)
    if (place < 0) continue
    const { object, rows, csvTag, parquetTag, storedAt, ...flags } = particulars.get(id)
    const [bytes, tag] = format === 'csv' ? [csvBytes, csvTag] : [parquetBytes, parquetTag]
    const key = keyOf(object, format)
    addFile(batch, objects.s3Url(key), {
      columns: places.columns[place] ?? 0,
      columnIndex: places.positions[place] ?? 0,
      multiLine: format === 'csv' && flags.multiLine,
    })
    batch.files.push({ id, key, bytes, tag, storedAt })
    batch.rows += rows
    if (batch.files.length < FILES) continue
    yield batch
    batch = { groups: new Map(), files: [], rows: 0 }
  }
  if (batch.files.length > 0) yield batch
}

function addFile({ groups }: Batch, url: string, shape: Omit<EngineGroup, 'urls'>): void {
  const name = `${shape.columns} ${shape.columnIndex} ${shape.multiLine}`
  const group = groups.get(name)
  if (group) group.urls.push(url)
  else groups.set(name, { ...shape, urls: [url] })
}
