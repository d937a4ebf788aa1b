import type { ColumnType } from '../../csv/inference.ts'
import { boolean } from './boolean.ts'
import type { ColumnKind } from './columnKind.ts'
import { date } from './date.ts'
import { double } from './double.ts'
import { int64 } from './int64.ts'
import { text } from './text.ts'
import { timestamp, timestampUtc } from './timestamp.ts'

export const columnKinds: Record<ColumnType, ColumnKind> = {
  int64,
  double,
  boolean,
  date,
  timestamp,
  'timestamp-utc': timestampUtc,
  text,
}
