const SEGMENT = 8192

/** A set of positive whole numbers that come in runs, with one bit for each number. */
export class IdSet {
  size: number
  readonly segments: Map<number, Uint8Array>

  /** `copied`: the set that comes out when a message carries a set to another thread. */
  constructor(copied: Pick<IdSet, 'size' | 'segments'> = { size: 0, segments: new Map() }) {
    this.size = copied.size
    this.segments = copied.segments
  }

  has(id: number): boolean {
    const segment = this.segments.get(Math.floor(id / SEGMENT))
    return segment !== undefined && (segment[(id % SEGMENT) >> 3] & (1 << (id & 7))) !== 0
  }

  /** Adds a number. Returns false if the set already had it. */
  add(id: number): boolean {
    const number = Math.floor(id / SEGMENT)
    let segment = this.segments.get(number)
    if (!segment) {
      segment = new Uint8Array(SEGMENT / 8)
      this.segments.set(number, segment)
    }
    const at = (id % SEGMENT) >> 3
    const bit = 1 << (id & 7)
    if ((segment[at] & bit) !== 0) return false
    segment[at] |= bit
    this.size++
    return true
  }

  /** Removes a number. Returns false if the set did not have it. */
  delete(id: number): boolean {
    const segment = this.segments.get(Math.floor(id / SEGMENT))
    const at = (id % SEGMENT) >> 3
    const bit = 1 << (id & 7)
    if (!segment || (segment[at] & bit) === 0) return false
    segment[at] &= ~bit
    this.size--
    return true
  }

  /** Yields the numbers in no particular order. The set may be changed meanwhile. */
  *[Symbol.iterator](): Generator<number> {
    for (const [number, segment] of this.segments)
      for (let bit = 0; bit < SEGMENT; bit++)
        if ((segment[bit >> 3] & (1 << (bit & 7))) !== 0) yield number * SEGMENT + bit
  }
}
