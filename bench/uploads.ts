import type { ServerContestant } from './contestants/contestant.ts'
import { progress } from './progress.ts'
import { type Results, record } from './results.ts'
import { inTurn, partOf, rounds } from './rounds.ts'

/** Uploads all files to each server, a part of them in each round. */
export async function measureUploads(
  results: Results,
  servers: readonly ServerContestant[],
  files: readonly string[],
  clients: number,
): Promise<void> {
  const row = `upload, ${clients === 1 ? '1 client' : `${clients} clients`}, ms each`
  for (let round = 0; round < rounds; round++) {
    const part = partOf(files, round)
    if (part.length === 0) continue
    progress(`${row}: round ${round + 1} of ${rounds}`)
    for (const server of inTurn(servers, round)) {
      const ms = await server.upload(part, clients)
      record(results, row, server.name, ms / part.length)
    }
  }
}
