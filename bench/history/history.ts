// What was uploaded, and what each sum says of it. Upload k adds 4^k to a column, so that a sum names the uploads that it saw: its digits
// in base 4 are 0 for one that it did not see, 1 for one that it did, 2 for one that it saw twice. The first row of an upload has
// 3 * 4^k and the last one -2 * 4^k: the digit of one that was seen in part is none of these.

/** More would not fit into an int64, whatever is wrong with one of them. */
const PER_COLUMN = 30

export interface Upload {
  column: string
  /** What it adds to that column. */
  value: bigint
  /** When it was acknowledged, and when the first sum that saw it was answered. */
  acknowledged: number
  seen: number
}

/** What sums were wrong about, and how often. */
export interface Wrong {
  /** Acknowledged before the sum was asked for, and not in it. */
  lost: number
  doubled: number
  /** Or what no set of uploads adds up to. */
  partial: number
  /** In a sum that was answered before this one was asked for, and not in this one. */
  backwards: number
}

/** Of the history of one server, seen by all of its clients. */
export class History {
  readonly wrong: Wrong = { lost: 0, doubled: 0, partial: 0, backwards: 0 }
  sums = 0
  acknowledged = 0
  /** By column. */
  readonly #uploads = new Map<string, Upload[]>()
  /** All that happens happens in one thread, and each event has its number. */
  #events = 0
  #begun = 0

  get columns(): string[] {
    return [...this.#uploads.keys()]
  }

  /** The column that uploads have now. */
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

  /** A sum of the column is asked for. What is returned is called with its answer, and tells what is wrong with it. */
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

  /** How many uploads some sum has seen. */
  get seen(): number {
    return [...this.#uploads.values()].flat().filter(({ seen }) => seen < this.#events).length
  }
}

/** Of the upload, with so many rows. */
export function csvOf({ column, value }: Upload, rows: number): Buffer {
  const middle = Array.from({ length: Math.max(0, rows - 2) }, (_, i) => `0,row ${i}\n`)
  return Buffer.from(`${column},note\n${3n * value},first\n${middle.join('')}${-2n * value},last\n`)
}
