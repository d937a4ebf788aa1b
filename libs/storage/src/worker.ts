// What worker threads use. Each of them loads its modules anew, so that these are fewer than those of index.ts.
export type { Cancellation } from './cancellation.ts'
export { Arrival } from './catalogue/arrival.ts'
export { commitArrivingUpload, commitUpload, settleUpload } from './catalogue/commit.ts'
export { syncUnsynced } from './catalogue/unsynced.ts'
export type { Upload } from './catalogue/upload.ts'
export { StorageError, type StorageErrorCode } from './errors.ts'
export { sumPart } from './sum/part.ts'
export type { SumPart } from './sum/plan.ts'
