import { timedSum } from '../timedSum.ts'

export const parquetsum = timedSum('parquetsum', 'parquet', 'Parquet')
