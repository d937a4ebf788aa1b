// Records what was uploaded, and checks what each sum says about it. Upload k adds 4^k to a column, so that a
// sum names the uploads that it saw. Its digit k in base 4 is 0 if the sum did not see upload k, 1 if it did,
// and 2 if it saw the upload twice. The first row of an upload has 3 * 4^k and the last row has -2 * 4^k, so
// that the digit of an upload seen in part is none of these.

/** More uploads in a column might not fit into an int64, whatever is wrong with one of them. */
const PER_COLUMN = 30

export interface Upload {
  column: string
  /** What the upload adds to the column. */
  value: bigint
  /** The event at which the upload was acknowledged, and the event at which the first sum that saw it was answered. */
  acknowledged: number
  seen: number
}

/** The ways in which sums were wrong, and how often. */
export interface Wrong {
  /** Acknowledged before the sum was asked for, but missing from it. */
  lost: number
  doubled: number
  /** Seen in part. Also counts sums that no set of uploads adds up to. */
  partial: number
  /** Seen by a sum that was answered before this one was asked for, but missing from this one. */
  backwards: number
}

/** The history of one server, as all of its clients saw it. */
export class History {
  readonly wrong: Wrong = { lost: 0, doubled: 0, partial: 0, backwards: 0 }
  sums = 0
  acknowledged = 0
  /** The uploads of each column. */
  readonly #uploads = new Map<string, Upload[]>()
  /** Events are numbered. All events happen in one thread. */
  #events = 0
  #begun = 0

  get columns(): string[] {
    return [...this.#uploads.keys()]
  }

  /** The column that new uploads have. */
  get lastColumn(): string {
    return this.columns.at(-1) ?? 'h0'
  }

  begin(): Upload {
    const k = this.#begun++
    const column = `h${Math.floor(k / PER_COLUMN)}`
    const upload: Upload = {
      column,
      value: 4n ** BigInt(k % PER_COLUMN),
      acknowledged: Number.POSITIVE_INFINITY,
      seen: Number.POSITIVE_INFINITY,
    }
    this.#uploads.set(column, [...(this.#uploads.get(column) ?? []), upload])
    return upload
  }

  acknowledge(upload: Upload): void {
    upload.acknowledged = this.#events++
    this.acknowledged++
  }

  /**
   * Begins a sum of the column. Call the returned function with the answer; it returns what is wrong with the
   * answer.
   */
  ask(column: string): (answer: bigint) => string[] {
    const asked = this.#events++
    return answer => {
      this.sums++
      const found: string[] = []
      const complain = (kind: keyof Wrong, what: string) => {
        this.wrong[kind]++
        found.push(`${kind}: ${what} in the sum of ${column}, ${answer}`)
      }
      let rest = answer
      for (const [i, upload] of (this.#uploads.get(column) ?? []).entries()) {
        const digit = (answer >> BigInt(2 * i)) & 3n
        rest -= digit * upload.value
        if (digit === 1n) upload.seen = Math.min(upload.seen, this.#events)
        else if (digit === 2n) complain('doubled', `upload ${i}`)
        else if (digit === 3n) complain('partial', `upload ${i}`)
        else if (upload.acknowledged < asked) complain('lost', `upload ${i}`)
        else if (upload.seen < asked) complain('backwards', `upload ${i}`)
      }
      if (rest !== 0n) complain('partial', `${rest}, which nobody has uploaded,`)
      this.#events++
      return found
    }
  }

  /** How many uploads at least one sum has seen. */
  get seen(): number {
    return [...this.#uploads.values()].flat().filter(({ seen }) => seen < this.#events).length
  }
}

/** Returns the CSV of the upload with `rows` rows. */
export function csvOf({ column, value }: Upload, rows: number): Buffer {
  const middle = Array.from({ length: Math.max(0, rows - 2) }, (_, i) => `0,row ${i}\n`)
  return Buffer.from(`${column},note\n${3n * value},first\n${middle.join('')}${-2n * value},last\n`)
}
