import { dirname } from 'node:path'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { append, closeFile, createScratchFile, type OpenFile, readParts } from '../files.ts'
import { checkFreeSpace } from '../freeSpace.ts'
import { type Struct, serialize } from './thrift.ts'

/** The most bytes that stay in memory. */
const KEPT_BYTES = 1024 * 1024

/** Gathers Thrift structs one after the other: a few in memory, more in a file. */
export class Gathered {
  /** The bytes of all structs. */
  length = 0
  readonly #path: string
  readonly #kept = new ByteWriter()
  #file: OpenFile | undefined

  /** `path`: the name that the file has for a moment. */
  constructor(path: string) {
    this.#path = path
  }

  add(struct: Struct): void {
    const before = this.#kept.offset
    serialize(this.#kept, struct)
    this.length += this.#kept.offset - before
    if (this.#kept.offset > KEPT_BYTES) this.#spill()
  }

  /** Yields all structs. A part is valid until the next one. */
  *parts(): Generator<Uint8Array> {
    if (this.#file) yield* readParts(this.#file, 0, this.length - this.#kept.offset)
    yield this.#kept.getBytes()
  }

  close(): void {
    if (this.#file) closeFile(this.#file)
    this.#file = undefined
  }

  #spill(): void {
    checkFreeSpace(dirname(this.#path))
    this.#file ??= createScratchFile(this.#path)
    append(this.#file, this.#kept.getBytes())
    this.#kept.index = this.#kept.offset = 0
  }
}
