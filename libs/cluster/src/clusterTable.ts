import { randomUUID } from 'node:crypto'
import { formatOf, translated, translatedFile, translatedParts, UploadRuns } from '@table/storage'
import {
  type AnswerFormat,
  type ColumnStats,
  type CsvBody,
  type Description,
  type Page,
  type PageRequest,
  ServiceError,
  type StoredFile,
  type StoredUpload,
  type Table,
  type UploadOptions,
  type UploadResult,
} from '@table/table'
import { readPage, readUpload } from './catalogue/listing.ts'
import { findUpload, removeUpload } from './catalogue/rows.ts'
import type { Cluster } from './cluster.ts'
import { columnStats } from './columnStats.ts'
import { columnSum } from './columnSum.ts'
import { description } from './description.ts'
import { query } from './query.ts'
import { storedObject } from './storedObject.ts'
import { upload } from './upload.ts'

/** A table whose uploads are objects in a store and rows in PostgreSQL: any number of servers may share it. */
export class ClusterTable implements Table {
  readonly #cluster: Cluster
  readonly #runs = new UploadRuns()

  constructor(cluster: Cluster) {
    this.#cluster = cluster
  }

  upload(csv: CsvBody, options: UploadOptions, signal: AbortSignal): Promise<UploadResult> {
    return translated(upload(this.#cluster, csv, options, signal))
  }

  columnSum(column: string, format: string, signal: AbortSignal): Promise<bigint> {
    return translated(columnSum(this.#cluster, column, format, signal))
  }

  stats(columns: readonly string[], format: string, signal: AbortSignal): Promise<ColumnStats[]> {
    return translated(columnStats(this.#cluster, columns, format, signal))
  }

  describe(most: { columns: number; bytes: number }): Promise<Description> {
    return translated(description(this.#cluster, this.#runs, most))
  }

  list(page: PageRequest): Promise<Page> {
    const { database, uploads } = this.#cluster
    return translated(readPage(database, uploads.schemas, page))
  }

  get(id: number, bytes: number): Promise<StoredUpload | undefined> {
    const { database, uploads } = this.#cluster
    return translated(readUpload(database, uploads.schemas, id, bytes))
  }

  delete(id: number): Promise<boolean> {
    return translated(removeUpload(this.#cluster.database, id, randomUUID()))
  }

  async open(id: number, format: string): Promise<StoredFile | undefined> {
    const file = await translated(this.#open(id, format))
    return file && translatedFile(file)
  }

  async *query(sql: string, format: AnswerFormat, signal: AbortSignal): AsyncGenerator<Uint8Array> {
    const { engine, engineSql } = this.#cluster
    if (!engine || !engineSql)
      throw new ServiceError(
        'unsupported',
        'this server answers no SQL: on its engine a query can read and write everything that the engine can reach, which the operator allows with --engine-sql',
      )
    yield* translatedParts(query(this.#cluster, engine, sql, format, signal))
  }

  async #open(id: number, formatName: string): Promise<StoredFile | undefined> {
    const { database, objects, uploads } = this.#cluster
    const format = formatOf(formatName)
    const found = await findUpload(database, uploads.schemas, id)
    return found && storedObject(objects, found, format)
  }
}
