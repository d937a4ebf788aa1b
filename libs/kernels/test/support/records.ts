import { type JudgedField, judgeFields } from '../../../storage/test/support/judge.ts'

/** Returns the records that csv-parse reads from bytes without a header, or undefined if it refuses them. */
export function judgeRecords(bytes: Uint8Array, columns: number): JudgedField[][] | undefined {
  const names = Array.from({ length: columns }, (_, column) => `c${column}`)
  return judgeFields(Buffer.concat([Buffer.from(`${names.join()}\n`), bytes]))?.slice(1)
}
