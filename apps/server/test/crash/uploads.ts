import { createHash, randomInt, randomUUID } from 'node:crypto'

/** An upload that was sent, once or again and again. */
export interface Sent {
  /** Until nobody sends it again. */
  csv: Buffer | undefined
  bytes: number
  hash: string
  /** With one it is sent until it is acknowledged. */
  uploadId: string | undefined
  /** The column that the uploads of its round have and no others. */
  column: string
  /** Of that column. */
  total: bigint
  outcome: Outcome
  /** What was said of it when it was refused. */
  refusal?: string
}

/** What its client knows: nothing if the connection was lost. Refused is what was answered with an error, and never sent without an answer. */
export type Outcome = 'acknowledged' | 'refused' | 'unknown' | 'not sent'

/** Every way that an upload can take: its row has all; held, but too large for a row; spooled; converted while it arrives. */
const sizes = [50, 9000, 20_000, 120_000, 350_000, 600_000, 900_000]

/** Uploads for one server, no two with the same bytes. Every other one has an id. */
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
