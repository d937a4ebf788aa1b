// The process that answers SQL: DuckDB's memory and crashes are its own, not the server's.
import { writeFileSync } from 'node:fs'
import { Socket } from 'node:net'
import { createInterface } from 'node:readline'
import {
  ANSWERS,
  FRAME_BYTES,
  FRAME_HEADER,
  FRAMES_UNTAKEN,
  type FrameKind,
  frameKinds,
  type Order,
  type QueryFailure,
  type QueryRequest,
  TOO_MUCH_MEMORY,
  writeFrameHeader,
} from './request.ts'

/** How often the process looks how much memory it takes, in ms. */
const WATCH = 50

class Query {
  readonly controller = new AbortController()
  readonly #id: number
  #untaken = 0
  #wake = () => {}

  constructor(id: number) {
    this.#id = id
    this.controller.signal.addEventListener('abort', () => this.#wake())
  }

  async answer(request: QueryRequest): Promise<void> {
    const { signal } = this.controller
    const duckdb = await import('./duckdb.ts').catch(missing)
    if ('code' in duckdb) {
      this.#fail(duckdb)
      return
    }
    try {
      let frame = newFrame()
      let length = 0
      for await (const bytes of duckdb.answer(request, signal))
        for (let from = 0; from < bytes.length; ) {
          const piece = bytes.subarray(from, from + FRAME_BYTES - length)
          frame.set(piece, FRAME_HEADER + length)
          length += piece.length
          from += piece.length
          if (length < FRAME_BYTES) continue
          await this.#send(frame, length)
          frame = newFrame()
          length = 0
        }
      if (length > 0) await this.#send(frame, length)
      this.#write(Buffer.alloc(FRAME_HEADER), frameKinds.end, 0)
    } catch (error) {
      this.#fail(duckdb.failureOf(error, request))
    }
  }

  taken(): void {
    this.#untaken--
    this.#wake()
  }

  async #send(frame: Buffer, length: number): Promise<void> {
    const { signal } = this.controller
    while (this.#untaken >= FRAMES_UNTAKEN && !signal.aborted)
      await new Promise<void>(resolve => {
        this.#wake = resolve
      })
    signal.throwIfAborted()
    this.#untaken++
    this.#write(frame, frameKinds.part, length)
  }

  #fail(failure: QueryFailure): void {
    const text = Buffer.from(JSON.stringify(failure))
    const frame = Buffer.concat([Buffer.alloc(FRAME_HEADER), text])
    this.#write(frame, frameKinds.failure, text.length)
  }

  #write(frame: Buffer, kind: FrameKind, length: number): void {
    writeFrameHeader(frame, this.#id, kind, length)
    answers.write(frame.subarray(0, FRAME_HEADER + length), () => {
      if (frame.length === WHOLE_FRAME) written.push(frame)
    })
  }
}

const WHOLE_FRAME = FRAME_HEADER + FRAME_BYTES

/** Frames that can be used again: new memory costs a page fault for every 4 KiB. */
const written: Buffer[] = []

function newFrame(): Buffer {
  return written.pop() ?? Buffer.allocUnsafeSlow(WHOLE_FRAME)
}

function missing(error: NodeJS.ErrnoException): QueryFailure {
  if (error.code !== 'ERR_MODULE_NOT_FOUND' && error.code !== 'MODULE_NOT_FOUND') throw error
  return {
    code: 'missing',
    message: 'this server answers no SQL, because DuckDB is not installed: npm install @duckdb/node-api',
  }
}

function end(): never {
  // At once: DuckDB's threads may be at work.
  process.kill(process.pid, 'SIGKILL')
  throw new Error('unreachable')
}

const answers = new Socket({ fd: ANSWERS, readable: false, writable: true })
answers.on('error', end)
try {
  // If memory runs out, the system ends this process and not the server.
  writeFileSync('/proc/self/oom_score_adj', '1000')
} catch {
  // Only Linux has this file.
}

// DuckDB's limit is for what it keeps, not for a single value that a function makes: `repeat` can take all of the machine's memory.
const most = Number(process.argv[2])
setInterval(() => {
  if (process.memoryUsage.rss() > most) process.kill(process.pid, TOO_MUCH_MEMORY)
}, WATCH)

const queries = new Map<number, Query>()
const lines = createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })
lines.on('line', line => {
  const order: Order = JSON.parse(line)
  const { id } = order
  if ('query' in order) {
    const query = new Query(id)
    queries.set(id, query)
    void query.answer(order.query).finally(() => queries.delete(id))
  } else if ('taken' in order) queries.get(id)?.taken()
  else queries.get(id)?.controller.abort()
})
// The server has ended, or needs this process no more.
lines.on('close', end)
