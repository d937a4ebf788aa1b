// What worker threads use. Every worker loads its modules again, so this list is shorter than index.ts.
export type { Cancellation } from './cancellation.ts'
export type { Clash } from './catalogue/census.ts'
export { expectIdentity } from './catalogue/connection.ts'
export { type FoundUpload, findChecked } from './catalogue/database.ts'
export {
  type Page,
  type PageRequest,
  readPage,
  readSummary,
  type UploadSummary,
} from './catalogue/listing.ts'
export { type NotedTexts, notedTexts } from './catalogue/notes.ts'
export { type ColumnPlaces, findColumn } from './catalogue/schemas.ts'
export type { Upload } from './catalogue/upload.ts'
export { findMisfit, type Misfit } from './csv/misfit.ts'
export { checkSections } from './csv/sections.ts'
export { removeFiles, removeRow } from './directory/removal.ts'
export { type ExpectedSizes, wrongSizes } from './directory/sizes.ts'
export { StorageError, type StorageErrorCode, shortageOf } from './errors.ts'
export { closeFile, fileSize, openFile } from './files.ts'
export { Arrival } from './ingest/arrival.ts'
export { clashWarnings } from './ingest/clashes.ts'
export { type CommittedUpload, commitArrivingUpload, commitUpload, settleUpload } from './ingest/commit.ts'
export { type Converted, convertCsv, convertGrowingCsv } from './ingest/convert.ts'
export { hasSameBytes, type UploadId } from './ingest/deduplication.ts'
export { syncUnsynced, writeNewFile } from './ingest/smallUploads.ts'
export { type StorageLimits, setStorageLimits } from './limits.ts'
export { statedChunks } from './parquet/statedChunks.ts'
export { incomingFile } from './paths.ts'
export { makeQueryFiles, type QueryFiles, removeQueryFiles } from './query/queryFiles.ts'
export type { Column } from './schema.ts'
export { extentOf, type FootersTask, readFooters, type UploadsExtent } from './stats/footers.ts'
export {
  type Bounds,
  type ColumnPartial,
  type Comparable,
  type Extent,
  emptyExtent,
} from './stats/partial.ts'
export { statsOfPieces } from './stats/pieces.ts'
export type { StatsPlan } from './stats/plan.ts'
export { sumPieces } from './sum/pieces.ts'
export type { SumPlan } from './sum/plan.ts'
export { type Refusal, refuse } from './sum/refusal.ts'
export type { PartialSum } from './sum/total.ts'
