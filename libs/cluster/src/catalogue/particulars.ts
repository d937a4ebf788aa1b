import { hash } from 'node:crypto'
import { uuidText } from '@table/table'

/** What questions need to know of an upload besides what every list of uploads has. */
export interface Particulars {
  /** The name of the upload's objects: a UUID. */
  object: string
  rows: number
  /** See `tagOf`. */
  csvTag: bigint
  parquetTag: bigint
  /** When the store had the objects by its own clock, in s since 1970. */
  storedAt: number
  /** A field of the CSV may have a line break. */
  multiLine: boolean
  /** No engine reads the CSV as we do. */
  ownKernels: boolean
}

const SEGMENT = 4096
const MULTI_LINE = 1
const OWN_KERNELS = 2

/** The numbers of `SEGMENT` ids, one after the other. */
class Segment {
  readonly object = new Uint8Array(16 * SEGMENT)
  readonly rows = new Float64Array(SEGMENT)
  readonly tags = new BigUint64Array(2 * SEGMENT)
  readonly storedAt = new Float64Array(SEGMENT)
  readonly flags = new Uint8Array(SEGMENT)
}

/** The particulars of uploads by id, in 49 bytes each. Ids are the numbers of changes, so hardly any is missing. */
export class ParticularsList {
  readonly #segments = new Map<number, Segment>()

  set(id: number, { object, rows, csvTag, parquetTag, storedAt, multiLine, ownKernels }: Particulars): void {
    const number = Math.floor(id / SEGMENT)
    const segment = this.#segments.get(number) ?? new Segment()
    this.#segments.set(number, segment)
    const at = id % SEGMENT
    segment.object.set(Buffer.from(object.replaceAll('-', ''), 'hex'), 16 * at)
    segment.rows[at] = rows
    segment.tags[2 * at] = csvTag
    segment.tags[2 * at + 1] = parquetTag
    segment.storedAt[at] = storedAt
    segment.flags[at] = (multiLine ? MULTI_LINE : 0) | (ownKernels ? OWN_KERNELS : 0)
  }

  /** Whether no engine reads the CSV of an upload that was set. */
  ownKernels(id: number): boolean {
    const flags = this.#segments.get(Math.floor(id / SEGMENT))?.flags[id % SEGMENT] ?? 0
    return (flags & OWN_KERNELS) !== 0
  }

  /** Returns the particulars of an upload that was set. */
  get(id: number): Particulars {
    const segment = this.#segments.get(Math.floor(id / SEGMENT))
    if (!segment) throw new Error(`nothing is known of upload ${id}`)
    const at = id % SEGMENT
    const flags = segment.flags[at] ?? 0
    return {
      object: uuidText(segment.object.subarray(16 * at, 16 * at + 16)),
      rows: segment.rows[at] ?? 0,
      csvTag: segment.tags[2 * at] ?? 0n,
      parquetTag: segment.tags[2 * at + 1] ?? 0n,
      storedAt: segment.storedAt[at] ?? 0,
      multiLine: (flags & MULTI_LINE) !== 0,
      ownKernels: (flags & OWN_KERNELS) !== 0,
    }
  }
}

/** Returns 64 bits of the tag that a store gives to the bytes of an object. Stores write the quotes around it or do not. */
export function tagOf(etag: string): bigint {
  return hash('sha1', etag.replaceAll('"', ''), 'buffer').readBigUInt64LE()
}

export function uuidBytes(uuid: string): Uint8Array {
  return Uint8Array.from(Buffer.from(uuid.replaceAll('-', ''), 'hex'))
}
