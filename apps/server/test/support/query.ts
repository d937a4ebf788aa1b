import type { TableClient } from '@table/proto'

/** Resolves to the bytes of the answer. Rejects with the `error` of the answer or the status of a failed call. */
export function queried(client: TableClient, sql: string): Promise<Buffer> {
  const parts: Buffer[] = []
  let wrong = ''
  return new Promise((resolve, reject) => {
    client
      .query({ sql })
      .on('data', ({ arrow, error }) => {
        wrong ||= error
        parts.push(arrow)
      })
      .on('error', reject)
      .on('end', () => (wrong ? reject(new Error(wrong)) : resolve(Buffer.concat(parts))))
  })
}
