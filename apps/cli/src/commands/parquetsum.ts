import { timedSum } from './sum.ts'

export const parquetsum = timedSum('parquetsum', 'parquet', 'Parquet')
