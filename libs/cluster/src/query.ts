import { type Answer, answerBytes, UnfitAnswer } from '@table/arrow'
import { batchOf, fieldsOf } from '@table/arrow/batches'
import { StorageError } from '@table/storage'
import { type AnswerFormat, ServiceError } from '@table/table'
import { RecordBatchReader } from 'apache-arrow'
import { type Asked, askedFor, expectQuery } from './asked.ts'
import { tagOf } from './catalogue/particulars.ts'
import { type QueriedUpload, readQueried } from './catalogue/queried.ts'
import type { Cluster } from './cluster.ts'
import type { Engine, EngineTable } from './engine/engine.ts'
import { expectObjects } from './expectedObjects.ts'
import { keyOf } from './objects/uploadObjects.ts'
import { dataTable, uploadsTable } from './queriedTables.ts'

/** With more uploads, `data` has no columns with the upload of a row: a plan then has a read for each file. */
const MOST_READS = 200

/** Yields the answer of one SELECT over every upload that was committed before this call. Each part is valid until the next one. */
export async function* query(
  cluster: Cluster,
  engine: Engine,
  sql: string,
  format: AnswerFormat,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  expectQuery(sql)
  const asked = askedFor(sql)
  const uploads = asked.data || asked.uploads ? await readQueried(cluster.database) : []
  const data = asked.data ? await dataTable(cluster, uploads, hasUploads(asked, uploads.length)) : undefined
  const listed = asked.uploads ? await uploadsTable(uploads) : undefined
  const answer = engine.query({ sql, data, uploads: listed }, signal)
  const streams = data ? checked(cluster, engine, answer, { data, uploads }, signal) : answer
  try {
    yield* answerBytes(await answerOf(streams), format)
  } catch (error) {
    throw error instanceof UnfitAnswer ? new ServiceError('invalid-data', error.message) : error
  } finally {
    await streams.return()
  }
}

/** Whether `data` has the columns with the upload of a row. */
function hasUploads({ uploadOfRows }: Asked, uploads: number): boolean {
  if (uploads <= MOST_READS) return uploadOfRows !== 'no'
  if (uploadOfRows === 'named')
    throw new ServiceError(
      'too-large',
      `the table has ${uploads} uploads, and _upload and _received_at of data can be asked for with at most ${MOST_READS}: leave them out, or ask for uploads`,
    )
  return false
}

/**
 * Yields the answer, and throws `damaged` before its end if it is not about the bytes that were stored: an engine skips a missing file in
 * silence and does not notice other bytes.
 */
async function* checked(
  { objects }: Cluster,
  engine: Engine,
  answer: AsyncIterable<Uint8Array>,
  { data, uploads }: { data: EngineTable; uploads: readonly QueriedUpload[] },
  signal: AbortSignal,
): AsyncGenerator<Uint8Array, void, undefined> {
  const stored = uploads.map(({ id, object, parquet_bytes: bytes, parquet_etag, stored_at: storedAt }) => ({
    id,
    key: keyOf(object, 'parquet'),
    bytes,
    tag: tagOf(parquet_etag),
    storedAt,
  }))
  const expectStored = () => expectObjects(objects, 'parquet', stored, signal)
  const counting = new AbortController()
  const count = engine.rowCount(data, AbortSignal.any([signal, counting.signal]))
  count.catch(() => {}) // awaited at the end
  try {
    yield* answer
    await expectStored()
    const found = await count
    const rows = uploads.reduce((sum, { rows }) => sum + rows, 0)
    if (found !== rows)
      throw new StorageError('damaged', `the engine found ${found} rows, the catalogue has ${rows}`, {
        forClients: `the engine found ${found} rows in ${uploads.length} uploads, expected ${rows}`,
      })
  } catch (error) {
    // Engines do not say in a reliable way that a file is to blame.
    if (!signal.aborted && !(error instanceof StorageError)) await expectStored()
    throw error
  } finally {
    counting.abort()
  }
}

/** Returns the columns of an answer, which its first stream has, and its rows as they come. */
async function answerOf(streams: AsyncGenerator<Uint8Array>): Promise<Answer> {
  const first = await streams.next()
  if (first.done) throw new ServiceError('unavailable', 'the engine sent no answer: try again later')
  async function* batches() {
    for (let next: IteratorResult<Uint8Array> = first; !next.done; next = await streams.next())
      for (const batch of RecordBatchReader.from(next.value as Uint8Array))
        if (batch.numRows > 0) yield batchOf(batch)
  }
  const reader = RecordBatchReader.from(first.value).open()
  return { fields: fieldsOf(reader), batches: batches() }
}
