import { timedSum } from './sum.ts'

export const csvsum = timedSum('csvsum', 'csv', 'CSV')
