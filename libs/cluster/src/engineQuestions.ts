// Questions that the engine answers, with guards: an engine skips a missing file in silence and does not notice other bytes, so its rows are
// compared with the catalogue's and the store's objects with what was stored.
import { type Format, placesBySchema, StorageError } from '@table/storage'
import type { Cluster } from './cluster.ts'
import type { Part } from './division.ts'
import type { Engine, EngineGroup, EngineQuestion, EngineStats, EngineSum } from './engine/engine.ts'
import { expectObjects, type StoredObject } from './expectedObjects.ts'
import { keyOf } from './objects/uploadObjects.ts'

/** How many files the engine gets in one question, and how many columns their lists have. */
const FILES = 5000
const COLUMNS = 100_000

/** What is asked of the engine about the one column of a part. */
interface Question {
  column: string
  format: Format
  signal: AbortSignal
}

/** Files of the same columns. */
interface Shape extends Omit<EngineGroup, 'columns'> {
  urls: string[]
  schema: number
}

interface Batch {
  shapes: Map<string, Shape>
  schemas: Set<number>
  /** Of all lists of columns. */
  columns: number
  files: StoredObject[]
  rows: number
}

/** Yields what the engine says of a column, for some files after the other. */
export function engineSums(cluster: Cluster, part: Part, question: Question): AsyncGenerator<EngineSum> {
  return answers(cluster, part, question, (engine, asked) => engine.columnSum(asked, question.signal))
}

/** The same for statistics. */
export function engineStats(cluster: Cluster, part: Part, question: Question): AsyncGenerator<EngineStats> {
  return answers(cluster, part, question, (engine, asked) => engine.columnStats(asked, question.signal))
}

async function* answers<T extends EngineSum>(
  cluster: Cluster,
  part: Part,
  question: Question,
  ask: (engine: Engine, asked: EngineQuestion) => Promise<T>,
): AsyncGenerator<T, void, undefined> {
  const { engine } = cluster
  if (!engine) return
  const { column, format } = question
  for (const batch of batches(cluster, part, format)) {
    const lists = await cluster.uploads.schemas.lists([...batch.schemas])
    const groups = Array.from(batch.shapes.values(), ({ schema, ...shape }) => ({
      ...shape,
      columns: lists.get(schema) ?? [],
    }))
    yield checked(cluster, batch, question, () => ask(engine, { column, format, groups }))
  }
}

/** Asks, and throws `damaged` with the upload if the answer is not about the bytes that were stored. */
async function checked<T extends EngineSum>(
  { objects }: Cluster,
  { files, rows }: Batch,
  { format, signal }: Question,
  ask: () => Promise<T>,
): Promise<T> {
  const expectStored = () => expectObjects(objects, format, files, signal)
  let answer: T
  try {
    answer = await ask()
  } catch (error) {
    // Engines do not say in a reliable way that a file is to blame.
    if (!signal.aborted) await expectStored()
    throw error
  }
  await expectStored()
  if (answer.rows === rows) return answer
  throw new StorageError('damaged', `the engine found ${answer.rows} rows, the catalogue has ${rows}`, {
    forClients: `the engine found ${answer.rows} rows in ${files.length} uploads, expected ${rows}`,
  })
}

/** Yields the files of a part, some thousands at a time. */
function* batches(
  { objects, uploads: { particulars } }: Cluster,
  { uploads, places: [places] }: Part,
  format: Format,
): Generator<Batch> {
  if (!places || places.schemas.length === 0) return
  const placeOf = placesBySchema(places)
  let batch = emptyBatch()
  for (const { id, schema, csvBytes, parquetBytes } of uploads) {
    const place = placeOf(schema)
    if (place < 0) continue
    if (batch.files.length === FILES || batch.columns > COLUMNS) {
      yield batch
      batch = emptyBatch()
    }
    const { object, rows, csvTag, parquetTag, storedAt, multiLine } = particulars.get(id)
    const [bytes, tag] = format === 'csv' ? [csvBytes, csvTag] : [parquetBytes, parquetTag]
    const key = keyOf(object, format)
    const columnIndex = places.positions[place] ?? 0
    addFile(batch, objects.s3Url(key), { schema, columnIndex, multiLine: format === 'csv' && multiLine })
    if (!batch.schemas.has(schema)) batch.columns += places.columns[place] ?? 0
    batch.schemas.add(schema)
    batch.files.push({ id, key, bytes, tag, storedAt })
    batch.rows += rows
  }
  if (batch.files.length > 0) yield batch
}

function emptyBatch(): Batch {
  return { shapes: new Map(), schemas: new Set(), columns: 0, files: [], rows: 0 }
}

function addFile({ shapes }: Batch, url: string, shape: Omit<Shape, 'urls'>): void {
  const name = `${shape.schema} ${shape.multiLine}`
  const found = shapes.get(name)
  if (found) found.urls.push(url)
  else shapes.set(name, { ...shape, urls: [url] })
}
