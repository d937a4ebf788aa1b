export { ServiceError, type ServiceErrorCode, shuttingDown } from './errors.ts'
export {
  ANSWER_BYTES,
  type AnswerFormat,
  type Column,
  type ColumnDescription,
  type ColumnStats,
  type CsvBody,
  type Description,
  type Page,
  type PageRequest,
  START_OVER,
  type StoredFile,
  type StoredUpload,
  type Table,
  type TypeCount,
  type UploadOptions,
  type UploadResult,
} from './table.ts'
export {
  type ColumnList,
  commonType,
  doubtfulColumns,
  EMPTY,
  foldedName,
  RECEIVED_COLUMN,
  type UnitedColumn,
  UPLOAD_COLUMN,
  uniteColumns,
  withEmptyColumns,
} from './unitedColumns.ts'
export { uuidText } from './uuid.ts'
