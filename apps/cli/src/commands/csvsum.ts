import { timedSum } from '../timedSum.ts'

export const csvsum = timedSum('csvsum', 'csv', 'CSV')
