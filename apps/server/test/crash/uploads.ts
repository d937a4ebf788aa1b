import { createHash, randomInt, randomUUID } from 'node:crypto'

/** An upload that was sent once or more often. */
export interface Sent {
  /** Kept until the upload is not sent any more. */
  csv: Buffer | undefined
  bytes: number
  hash: string
  /** An upload with an id is sent until it is acknowledged. */
  uploadId: string | undefined
  /** The column that only the uploads of one round have. */
  column: string
  /** The sum of that column. */
  total: bigint
  outcome: Outcome
  /** Whether the upload was deleted: unknown if the connection was lost. */
  deletion?: 'unknown' | 'acknowledged' | undefined
  /** The error with which the upload was refused. */
  refusal?: string
}

/**
 * What the client knows about its upload. The outcome is unknown if the connection was lost. Refused means
 * that an attempt got an error and no attempt went without an answer.
 */
export type Outcome = 'acknowledged' | 'refused' | 'unknown' | 'not sent'

/**
 * Sizes for every way that an upload can take: with all contents in the row; held in memory, but too large
 * for the row; spooled; converted while it arrives.
 */
const sizes = [50, 9000, 20_000, 120_000, 350_000, 600_000, 900_000]

/** Returns uploads for one server, no two with the same bytes. Every other upload has an id. */
export function uploadsOfRound(round: number): Sent[] {
  return sizes.map((bytes, i) => {
    const column = `r${round}`
    const uploadId = (i + round) % 2 ? randomUUID() : undefined
    const { csv, total } = csvOf(column, bytes)
    return { csv, bytes: csv.length, hash: hashOf(csv), uploadId, column, total, outcome: 'not sent' }
  })
}

function csvOf(column: string, bytes: number): { csv: Buffer; total: bigint } {
  const factor = randomInt(1, 2 ** 31)
  let csv = `${column},t\n`
  let total = 0n
  for (let i = 1; csv.length < bytes; i++) {
    csv += `${i * factor},row ${i}\n`
    total += BigInt(i * factor)
  }
  return { csv: Buffer.from(csv), total }
}

export function hashOf(csv: Uint8Array): string {
  return createHash('sha1').update(csv).digest('hex')
}
