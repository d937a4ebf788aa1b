import { status } from '@grpc/grpc-js'
import { type CsvBody, START_OVER } from '@table/table'
import { StatusError } from './status.ts'

const CSV_DATA = 1

// Wire types: https://protobuf.dev/programming-guides/encoding/#structure
const VARINT = 0
const FIXED64 = 1
const LENGTH_DELIMITED = 2
const GROUP_START = 3
const GROUP_END = 4
const FIXED32 = 5

/** How deep unknown groups may be nested. Google's decoders have the same limit. */
const MAX_DEPTH = 100

/** Yields the CSV in a message of type `UploadReq` as it arrives. */
export async function* csvOf(message: AsyncIterable<Uint8Array>): CsvBody {
  const decoder = new CsvDataDecoder()
  for await (const bytes of message) for (const part of decoder.push(bytes)) yield part
  decoder.end()
}

/** Yields the CSV in messages of type `UploadPart` as they arrive. */
export async function* csvOfParts(messages: AsyncIterable<AsyncIterable<Uint8Array>>): CsvBody {
  for await (const message of messages) {
    const decoder = new CsvDataDecoder('UploadPart')
    let fields = 0
    for await (const bytes of message)
      for (const part of decoder.push(bytes)) {
        if (part !== START_OVER) yield part
        // The last value would count, but the first one may be on the disk among earlier parts.
        else if (++fields > 1) throw malformed('UploadPart', 'it has csv_data twice')
      }
    decoder.end()
  }
}

/**
 * Takes the bytes of `csv_data` (field 1) out of an `UploadReq` that arrives in chunks, and skips every other
 * field. Accepts every message that a whole-message decoder accepts; throws INVALID_ARGUMENT for the others.
 */
export class CsvDataDecoder {
  #state: 'tag' | 'length' | 'varint' | 'skip' | 'data' = 'tag'
  /** The varint being read. It has up to 35 bits, so bitwise operators cannot be used. */
  #value = 0
  #varintBytes = 0
  /** The bytes that are left of the field in the states `skip` and `data`. */
  #remaining = 0
  #field = 0
  /** The field numbers of the open groups. */
  readonly #groups: number[] = []
  readonly #type: string

  /** `type`: the message's type, for errors. */
  constructor(type = 'UploadReq') {
    this.#type = type
  }

  /** Yields the parts of `csv_data` in this chunk as views, with `START_OVER` before the first part of each field. */
  *push(chunk: Uint8Array): Generator<Uint8Array | typeof START_OVER> {
    let at = 0
    while (at < chunk.length) {
      if (this.#state === 'data' || this.#state === 'skip') {
        const part = chunk.subarray(at, at + this.#remaining)
        const wanted = this.#state === 'data'
        at += part.length
        this.#remaining -= part.length
        if (this.#remaining === 0) this.#state = 'tag'
        if (wanted) yield part
      } else if (this.#takeVarintByte(chunk[at++])) {
        if (this.#endVarint()) yield START_OVER
      }
    }
  }

  /** Ends the message. Throws if the message is incomplete. */
  end(): void {
    if (this.#state !== 'tag' || this.#varintBytes > 0) throw this.#malformed('it ends inside a field')
    if (this.#groups.length > 0)
      throw this.#malformed(`it ends inside the group of field ${this.#groups.at(-1)}`)
  }

  /** Takes a byte of a varint. Returns whether the byte is the last one. */
  #takeVarintByte(byte: number): boolean {
    // The value of a skipped varint does not matter, and may have 64 bits in 10 bytes.
    if (this.#state !== 'varint') this.#value += (byte & 0x7f) * 2 ** (7 * this.#varintBytes)
    this.#varintBytes++
    const more = byte >= 0x80
    const longest = this.#state === 'varint' ? 10 : 5
    if (more && this.#varintBytes === longest)
      throw this.#malformed(`a ${this.#state} has more than ${longest} bytes`)
    return !more
  }

  /** Returns whether a `csv_data` field begins. */
  #endVarint(): boolean {
    const value = this.#value
    const state = this.#state
    this.#value = 0
    this.#varintBytes = 0
    if (state === 'tag') this.#beginField(value)
    else if (state === 'varint') this.#state = 'tag'
    else return this.#beginBytes(value)
    return false
  }

  #beginField(tag: number): void {
    const wireType = tag % 8
    this.#field = (tag - wireType) / 8
    if (this.#field === 0 || tag >= 2 ** 32)
      throw this.#malformed(`field number ${this.#field} does not exist`)
    switch (wireType) {
      case VARINT:
        this.#state = 'varint'
        break
      case FIXED64:
        this.#skip(8)
        break
      case LENGTH_DELIMITED:
        this.#state = 'length'
        break
      case GROUP_START:
        this.#groups.push(this.#field)
        if (this.#groups.length > MAX_DEPTH)
          throw this.#malformed(`groups are nested deeper than ${MAX_DEPTH}`)
        break
      case GROUP_END:
        if (this.#groups.pop() !== this.#field)
          throw this.#malformed(`field ${this.#field} ends a group that is not open`)
        break
      case FIXED32:
        this.#skip(4)
        break
      default:
        throw this.#malformed(`field ${this.#field} has the unknown wire type ${wireType}`)
    }
  }

  #beginBytes(length: number): boolean {
    this.#skip(length)
    if (this.#field !== CSV_DATA || this.#groups.length > 0) return false
    if (length > 0) this.#state = 'data'
    return true
  }

  #skip(length: number): void {
    this.#remaining = length
    this.#state = length > 0 ? 'skip' : 'tag'
  }

  #malformed(what: string): StatusError {
    return malformed(this.#type, what)
  }
}

function malformed(type: string, what: string): StatusError {
  return new StatusError(
    status.INVALID_ARGUMENT,
    `the request is not a protobuf message of type ${type}: ${what}`,
  )
}
