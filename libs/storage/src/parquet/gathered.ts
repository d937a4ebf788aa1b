import { dirname } from 'node:path'
import { ByteWriter } from 'hyparquet-writer/src/bytewriter.js'
import { append, closeFile, createScratchFile, type OpenFile, readParts } from '../files.ts'
import { checkFreeSpace } from '../freeSpace.ts'
import { type Struct, serialize } from './thrift.ts'

/** More is not kept in memory. */
const KEPT_BYTES = 1024 * 1024

/** Structs of Thrift's compact protocol one behind the other: few in memory, many in a file. */
export class Gathered {
  /** In bytes, of all of them. */
  length = 0
  readonly #path: string
  readonly #kept = new ByteWriter()
  #file: OpenFile | undefined

  /** `path`: of the file, for the moment that it has a name. */
  constructor(path: string) {
    this.#path = path
  }

  add(struct: Struct): void {
    const before = this.#kept.offset
    serialize(this.#kept, struct)
    this.length += this.#kept.offset - before
    if (this.#kept.offset > KEPT_BYTES) this.#spill()
  }

  /** All of them. A part is valid until the next. */
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
