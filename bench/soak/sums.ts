import { Asker, formats } from './asker.ts'
import type { Ledger } from './ledger.ts'
import type { Measurements } from './measurements.ts'
import type { SoakServer } from './server.ts'

/**
 * The number of uploads with the column `reference`. No other upload has it, so its sum costs the same
 * however large the table is.
 */
const REFERENCE_UPLOADS = 8
const REFERENCE_ROWS = 50_000
const REFERENCE_TOTAL = BigInt(REFERENCE_UPLOADS * REFERENCE_ROWS * 7)

/** Asks for sums and checks them. */
export class SumAsker {
  readonly #server: SoakServer
  readonly #ledger: Ledger
  readonly #measurements: Measurements
  readonly #asker: Asker

  constructor(server: SoakServer, ledger: Ledger, measurements: Measurements) {
    this.#server = server
    this.#ledger = ledger
    this.#measurements = measurements
    this.#asker = new Asker(server)
  }

  /** Uploads the reference. Call this before any other upload, and before the server is stopped. */
  async uploadReference(): Promise<void> {
    const csvData = Buffer.from(
      `reference,row\n${Array.from({ length: REFERENCE_ROWS }, (_, i) => `7,${i}\n`).join('')}`,
    )
    for (let i = 0; i < REFERENCE_UPLOADS; i++) {
      const acknowledge = this.#ledger.begin(0n)
      await this.#asker.upload(csvData)
      acknowledge()
    }
  }

  /** Checks the reference sum in both formats. */
  async checkReference(): Promise<void> {
    for (const format of formats) {
      const start = performance.now()
      const total = await this.#asker.sum('reference', format)
      if (total !== REFERENCE_TOTAL)
        throw new Error(`the ${format} sum of reference is ${total}, expected ${REFERENCE_TOTAL}`)
      this.#measurements.took(`${format} sum`, start, this.#server)
    }
  }

  /** Checks the sum over all uploads in both formats. */
  async checkAll(): Promise<void> {
    for (const format of formats) {
      const check = this.#ledger.askSum()
      check(await this.#asker.sum('amount', format))
    }
  }
}
