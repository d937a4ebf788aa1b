// The tasks of the workers: everything that reads or converts files.
import { workerData } from 'node:worker_threads'
import {
  Arrival,
  type Cancellation,
  type Clash,
  type ColumnPartial,
  type ColumnPlaces,
  type CommittedUpload,
  clashWarnings as clashWarningsOf,
  commitArrivingUpload,
  commitUpload,
  type ExpectedSizes,
  expectIdentity,
  type FootersTask,
  type FoundUpload,
  findChecked,
  findColumn as findColumnOf,
  makeQueryFiles as makeQueryFilesOf,
  type NotedTexts,
  notedTexts as notedTextsOf,
  type PartialSum,
  type QuerySchema,
  type Refusal,
  readFooters as readFootersOf,
  readPage,
  readSummary,
  refuse as refuseSum,
  removeFiles as removeFilesOf,
  removeQueryFiles as removeQueryFilesOf,
  removeRow as removeRowOf,
  type StatsPlan,
  type SumPlan,
  setStorageLimits,
  settleUpload,
  statsOfPieces,
  sumPieces,
  syncUnsynced,
  type UploadId,
  type UploadsExtent,
  wrongSizes,
} from '@table/storage/worker'
import type { Page, PageRequest, StoredUpload } from '@table/table'
import { type Outcome, outcome } from './outcome.ts'

export type { Outcome }

export interface Tasks {
  commit: {
    task: {
      id: number
      receivedAt: string
      cancellation: Cancellation
      held: Uint8Array | undefined
      uploadId: UploadId | undefined
      name: string | undefined
      alone: boolean
      deferSync: boolean
    }
    value: CommittedUpload
  }
  commitArriving: {
    task: {
      id: number
      receivedAt: string
      arrival: Arrival['shared']
      cancellation: Cancellation
      uploadId: UploadId | undefined
      name: string | undefined
    }
    value: CommittedUpload | undefined
  }
  find: { task: { id: number }; value: FoundUpload | undefined }
  settle: { task: { id: number }; value: CommittedUpload | undefined }
  clashWarnings: { task: { id: number; columns: number; clashes: readonly Clash[] }; value: string[] }
  sync: { task: undefined; value: number }
  checkSizes: { task: { sizes: ExpectedSizes }; value: string[] }
  findColumn: { task: { name: string }; value: ColumnPlaces }
  notedTexts: { task: { places: ColumnPlaces }; value: NotedTexts }
  list: { task: { page: PageRequest }; value: Page }
  get: { task: { id: number; bytes: number }; value: StoredUpload | undefined }
  removeRow: { task: { id: number }; value: boolean }
  removeFiles: { task: { ids: readonly number[] }; value: undefined }
  nothing: { task: undefined; value: undefined }
  sum: { task: { plan: SumPlan; cancellation: Cancellation }; value: PartialSum }
  stats: { task: { plan: StatsPlan; cancellation: Cancellation }; value: ColumnPartial[] }
  readFooters: { task: FootersTask & { cancellation: Cancellation }; value: UploadsExtent }
  makeQueryFiles: {
    task: { folder: number; ids: Float64Array; cancellation: Cancellation }
    value: QuerySchema[]
  }
  removeQueryFiles: { task: { folder: number }; value: undefined }
  refuse: { task: { refusal: Refusal; cancellation: Cancellation }; value: never }
}

type Task<Name extends keyof Tasks> = (task: Tasks[Name]['task']) => Outcome<Tasks[Name]['value']>

if (workerData) {
  setStorageLimits(workerData.limits)
  expectIdentity(workerData.dataDir, workerData.catalogueIdentity)
}

const dataDir = (): string => workerData.dataDir

export const commit: Task<'commit'> = ({ id, receivedAt, ...options }) =>
  outcome(() => commitUpload(dataDir(), id, receivedAt, options))

export const commitArriving: Task<'commitArriving'> = ({ id, receivedAt, arrival, ...options }) =>
  outcome(() => commitArrivingUpload(dataDir(), id, receivedAt, new Arrival(arrival), options))

export const settle: Task<'settle'> = ({ id }) => outcome(() => settleUpload(dataDir(), id))

export const clashWarnings: Task<'clashWarnings'> = ({ id, columns, clashes }) =>
  outcome(() => clashWarningsOf(dataDir(), id, columns, clashes))

export const sync: Task<'sync'> = () => outcome(() => syncUnsynced(dataDir()))

export const checkSizes: Task<'checkSizes'> = ({ sizes }) => outcome(() => wrongSizes(dataDir(), sizes))

export const findColumn: Task<'findColumn'> = ({ name }) => outcome(() => findColumnOf(dataDir(), name))

export const notedTexts: Task<'notedTexts'> = ({ places }) => outcome(() => notedTextsOf(dataDir(), places))

export const list: Task<'list'> = ({ page }) => outcome(() => readPage(dataDir(), page))

export const get: Task<'get'> = ({ id, bytes }) => outcome(() => readSummary(dataDir(), id, bytes))

export const find: Task<'find'> = ({ id }) => outcome(() => findChecked(dataDir(), id))

export const removeRow: Task<'removeRow'> = ({ id }) => outcome(() => removeRowOf(dataDir(), id))

export const removeFiles: Task<'removeFiles'> = ({ ids }) =>
  outcome(() => {
    removeFilesOf(dataDir(), ids)
    return undefined
  })

export const nothing: Task<'nothing'> = () => ({ value: undefined })

export const sum: Task<'sum'> = ({ plan, cancellation }) =>
  outcome(() => sumPieces(dataDir(), plan, cancellation))

export const stats: Task<'stats'> = ({ plan, cancellation }) =>
  outcome(() => statsOfPieces(dataDir(), plan, cancellation))

export const readFooters: Task<'readFooters'> = ({ cancellation, ...task }) =>
  outcome(() => readFootersOf(dataDir(), task, cancellation))

export const makeQueryFiles: Task<'makeQueryFiles'> = ({ folder, ids, cancellation }) =>
  outcome(() => makeQueryFilesOf(dataDir(), folder, ids, cancellation))

export const removeQueryFiles: Task<'removeQueryFiles'> = ({ folder }) =>
  outcome(() => {
    removeQueryFilesOf(dataDir(), folder)
    return undefined
  })

export const refuse: Task<'refuse'> = ({ refusal, cancellation }) =>
  outcome(() => refuseSum(dataDir(), refusal, cancellation))
