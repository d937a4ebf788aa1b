import { type JudgedField, judge } from '../../../storage/test/support/judge.ts'

/** The records, without a header, that csv-parse reads; undefined where it refuses. */
export function judgeRecords(bytes: Uint8Array, columns: number): JudgedField[][] | undefined {
  const names = Array.from({ length: columns }, (_, column) => `c${column}`)
  return judge(Buffer.concat([Buffer.from(`${names.join()}\n`), bytes]))?.records
}
