export { removeFileAsync } from './asyncFiles.ts'
export { type Cancellation, cancellationOf, cancelledOnError } from './cancellation.ts'
export { Catalogue, sharedState } from './catalogue/catalogue.ts'
export { type Clash, ColumnCensus, type NamedColumns } from './catalogue/census.ts'
export { KnownColumns } from './catalogue/columnPlaces.ts'
export { closeDatabase } from './catalogue/connection.ts'
export { type FoundUpload, findChecked } from './catalogue/database.ts'
export {
  readSummary,
  shownColumnBytes,
  shownUploadBytes,
} from './catalogue/listing.ts'
export { Guarded } from './catalogue/lock.ts'
export { type NotedTexts, readNotes, textIntegersOf } from './catalogue/notes.ts'
export { type ColumnPlaces, columnPlacesOf, MOST_COLUMN_BYTES } from './catalogue/schemas.ts'
export type { Upload } from './catalogue/upload.ts'
export { type ListedUpload, UploadList, type UploadsSnapshot } from './catalogue/uploadList.ts'
export { CHECKSUM_BYTES, Checksum } from './checksum.ts'
export { type BadRecord, type Checked, checkCsv } from './csv/check.ts'
export type { Misfit } from './csv/misfit.ts'
export { type CsvShape, csvShape } from './csv/shape.ts'
export { CsvWriter } from './csv/writer.ts'
export { takeDirectoryLock } from './directory/directoryLock.ts'
export { removeOwn } from './directory/recovery.ts'
export { removeUploads } from './directory/removal.ts'
export { type ExpectedSizes, expectedSizes } from './directory/sizes.ts'
export { makeDurableDirectory, openStore, type Store } from './directory/store.ts'
export { openWholeFile } from './directory/wholeFile.ts'
export { damagedFile, StorageError, type StorageErrorCode, shortageOf, shown } from './errors.ts'
export { type FileOperation, type OpenFile, observeFileOperations } from './files.ts'
export { checkFreeSpaceAsync, spareBytes } from './freeSpace.ts'
export { Arrival } from './ingest/arrival.ts'
export { warningsOf } from './ingest/clashes.ts'
export { type CommittedUpload, commitArrivingUpload, commitUpload, settleUpload } from './ingest/commit.ts'
export { Conversions } from './ingest/conversions.ts'
export { type Converted, convertCsv } from './ingest/convert.ts'
export { otherBytes, type UploadId } from './ingest/deduplication.ts'
export { receive } from './ingest/receive.ts'
export { MAX_UNSYNCED, syncUnsynced } from './ingest/smallUploads.ts'
export { defaultStorageLimits, highestLimits, type StorageLimits, setStorageLimits } from './limits.ts'
export { log, setLog } from './log.ts'
export { type Adopted, adoptUploads } from './maintenance/adopt.ts'
export { beginBackup, beginRestore, type CopiedFiles, type DirectoryCopy } from './maintenance/backup.ts'
export { insertCopy } from './maintenance/insertCopy.ts'
export { beginRepair, convertAgain, restoreParquet } from './maintenance/repair.ts'
export { type Damage, readUploads, verifyFiles, verifyUpload } from './maintenance/verify.ts'
export {
  catalogueFile,
  type Format,
  filesDirectory,
  formats,
  incomingDirectory,
  incomingFile,
  isUncommitted,
  migrationFile,
  queriesDirectory,
  storedFile,
} from './paths.ts'
export type { QuerySchema } from './query/queryFiles.ts'
export type { Column, ColumnType } from './schema.ts'
export { forService, translated, translatedFile, translatedParts } from './serviceErrors.ts'
export { columnStatsOf, descriptionOf } from './stats/description.ts'
export { extentOf, type FootersTask, type UploadsExtent } from './stats/footers.ts'
export {
  type Bounds,
  type ColumnPartial,
  type Comparable,
  type Extent,
  emptyExtent,
  emptyPartial,
  mergeColumns,
  mergeExtents,
} from './stats/partial.ts'
export { countTypes, planStats, type StatsPlan } from './stats/plan.ts'
export { UploadRuns } from './stats/runs.ts'
export { sumCsvColumn } from './sum/csv.ts'
export { sumParquetColumn } from './sum/parquet.ts'
export { damagedUpload, sumPieces } from './sum/pieces.ts'
export { placesBySchema } from './sum/places.ts'
export { formatOf, planSum, type SumPlan } from './sum/plan.ts'
export { type Refusal, refusalError, refusalOf, type TextIntegers } from './sum/refusal.ts'
export { releasePlan, takePieces } from './sum/sharedPieces.ts'
export { exactTotal, type PartialSum } from './sum/total.ts'
