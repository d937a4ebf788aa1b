import { type ChildProcess, spawn } from 'node:child_process'
import { extname, join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { ServiceError } from '@table/table'
import { QUERY_FLAGS, QUERY_VARIABLES } from '../config/tuning.ts'
import { log } from '../observe/log.ts'
import {
  ANSWERS,
  FRAME_HEADER,
  frameKinds,
  lineOf,
  type Order,
  type QueryFailure,
  type QueryRequest,
  TOO_MUCH_MEMORY,
} from './request.ts'

const entry = join(import.meta.dirname, `child${extname(import.meta.filename)}`)

/** How long a query may take to stop, in ms. Then the process ends, with all its queries. */
const STOP_LIMIT = 10_000

/**
 * What the process may take besides the memory of its queries: Node, DuckDB itself, and what DuckDB does not count, such as 3 KiB for each upload,
 * of which there may be 100,000.
 */
const BESIDES = 320 * 1024 * 1024

/** The process that answers SQL. It starts with the first query, and ends when there was none for a while. */
export class QueryProcess {
  readonly #folder: string
  readonly #quiet: number
  readonly #onEnd: () => void
  readonly #memory: number
  #running: Running | undefined
  #timer: NodeJS.Timeout | undefined
  /** How often the process was started in place of one that had ended by itself. */
  restarts = 0

  /**
   * `folder`: where the process runs, which exists once there is a query. `memory`: the bytes that all queries may take, beside which the process takes `BESIDES`. `quiet`: how
   * long it waits for another query, in ms. `onEnd` is called whenever the process has ended.
   */
  constructor(folder: string, memory: number, quiet: number, onEnd = () => {}) {
    this.#folder = folder
    this.#memory = memory
    this.#quiet = quiet
    this.#onEnd = onEnd
  }

  /** The number of the process, if it runs. */
  get pid(): number | undefined {
    return this.#running?.hasEnded ? undefined : this.#running?.pid
  }

  /** Yields the answer of a query. Throws a `ServiceError`. */
  async *answer(request: QueryRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    clearTimeout(this.#timer)
    if (!this.#running || this.#running.hasEnded) {
      if (this.#running) this.restarts++
      this.#running = new Running(this.#folder, this.#memory + BESIDES, this.#onEnd)
    }
    const running = this.#running
    try {
      yield* running.answer(request, signal)
    } finally {
      if (this.#running === running && !running.isBusy) {
        clearTimeout(this.#timer) // of a query that ended at the same moment
        this.#timer = setTimeout(() => this.close(), this.#quiet).unref()
      }
    }
  }

  close(): void {
    clearTimeout(this.#timer)
    this.#running?.end()
    this.#running = undefined
  }
}

class Running {
  hasEnded = false
  readonly #child: ChildProcess
  readonly #answers = new Map<number, Answer>()
  #last = 0

  readonly #most: number

  readonly #onEnd: () => void

  constructor(folder: string, most: number, onEnd: () => void) {
    this.#most = most
    this.#onEnd = onEnd
    this.#child = spawn(process.execPath, [...QUERY_FLAGS, entry, String(most)], {
      cwd: folder,
      // What only the server may know, such as tokens, is in the environment.
      env: { ...QUERY_VARIABLES, ...compileCache() },
      stdio: ['pipe', 'ignore', 'inherit', 'pipe'],
    })
    this.#child.on('error', error => this.#ended(endedBy(error.message)))
    this.#child.on('exit', (code, signal) =>
      this.#ended(signal === TOO_MUCH_MEMORY ? this.#tooMuch() : endedBy(signal ?? `exit code ${code}`)),
    )
    this.#orders.on('error', () => {}) // its end is told by `exit`
    readFrames(this.#child.stdio[ANSWERS] as Readable, id => this.#answers.get(id))
  }

  get pid(): number | undefined {
    return this.#child.pid
  }

  get isBusy(): boolean {
    return this.#answers.size > 0
  }

  async *answer(query: QueryRequest, signal: AbortSignal): AsyncGenerator<Uint8Array, void, undefined> {
    const id = ++this.#last
    const answer = new Answer(() => this.#order({ id, taken: true }))
    const cancel = () => {
      this.#order({ id, cancel: true })
      answer.fail(new ServiceError('cancelled', 'nobody waits for this query'))
    }
    this.#answers.set(id, answer)
    this.#order({ id, query })
    signal.addEventListener('abort', cancel)
    try {
      if (signal.aborted) cancel()
      yield* answer.parts()
    } finally {
      signal.removeEventListener('abort', cancel)
      if (!answer.hasEnded) this.#order({ id, cancel: true })
      // Not every function of DuckDB looks whether it is interrupted.
      const late = setTimeout(() => this.end(), STOP_LIMIT).unref()
      await answer.ended
      clearTimeout(late)
      this.#answers.delete(id)
    }
  }

  end(): void {
    this.#child.kill('SIGKILL')
  }

  get #orders(): Writable {
    return this.#child.stdin as Writable
  }

  #order(order: Order): void {
    if (!this.hasEnded) this.#orders.write(lineOf(order))
  }

  #tooMuch(): ServiceError {
    const most = Math.floor(this.#most / 2 ** 20)
    return new ServiceError(
      'too-large',
      `the queries under way took more than ${most} MiB of memory: make smaller values, or give the server more with --query-memory (each upload takes 3 KiB)`,
    )
  }

  #ended(error: ServiceError): void {
    this.hasEnded = true
    for (const answer of this.#answers.values()) {
      answer.fail(error)
      answer.end()
    }
    this.#onEnd()
  }
}

function endedBy(how: string): ServiceError {
  return new ServiceError(
    'unavailable',
    `the process that answers SQL has ended (${how}): try again; if it ends again, the query needs more memory than there is`,
  )
}

/** The answer of one query, as it arrives. */
class Answer {
  hasEnded = false
  readonly ended: Promise<void>
  readonly #taken: () => void
  #parts: { bytes: Uint8Array; last: boolean }[] = []
  #error: ServiceError | undefined
  #wake = () => {}
  #resolve = () => {}

  /** `taken` is called when a frame has been taken. */
  constructor(taken: () => void) {
    this.#taken = taken
    this.ended = new Promise(resolve => {
      this.#resolve = resolve
    })
  }

  /** Adds bytes of a frame. `last`: the frame ends with them. */
  add(bytes: Uint8Array, last: boolean): void {
    this.#parts.push({ bytes, last })
    this.#wake()
  }

  fail(error: ServiceError): void {
    this.#error ??= error
    this.#parts = []
    this.#wake()
  }

  /** Nothing more comes from the process. */
  end(): void {
    this.hasEnded = true
    this.#resolve()
    this.#wake()
  }

  async *parts(): AsyncGenerator<Uint8Array, void, undefined> {
    for (;;) {
      if (this.#error) throw this.#error
      const part = this.#parts.shift()
      if (part) {
        yield part.bytes
        if (part.last) this.#taken()
      } else if (this.hasEnded) return
      else
        await new Promise<void>(resolve => {
          this.#wake = resolve
        })
    }
  }
}

/** Reads frames, and hands each piece of a part on as it arrives. */
function readFrames(answers: Readable, answerOf: (id: number) => Answer | undefined): void {
  let header = Buffer.alloc(0)
  let frame: { id: number; kind: number; left: number } | undefined
  let text: Buffer[] = []
  answers.on('error', () => {})
  answers.on('data', (chunk: Buffer) => {
    let rest = chunk
    while (rest.length > 0 || frame?.left === 0) {
      if (!frame) {
        const missing = FRAME_HEADER - header.length
        header = Buffer.concat([header, rest.subarray(0, missing)])
        rest = rest.subarray(missing)
        if (header.length < FRAME_HEADER) return
        frame = { id: header.readUInt32LE(0), kind: header.readUInt8(4), left: header.readUInt32LE(5) }
        header = Buffer.alloc(0)
        text = []
      }
      const { id, kind } = frame
      const bytes = rest.subarray(0, frame.left)
      rest = rest.subarray(bytes.length)
      frame.left -= bytes.length
      const last = frame.left === 0
      if (kind === frameKinds.part) answerOf(id)?.add(bytes, last)
      else text.push(bytes)
      if (!last) continue
      if (kind === frameKinds.failure) answerOf(id)?.fail(failure(JSON.parse(Buffer.concat(text).toString())))
      if (kind !== frameKinds.part) answerOf(id)?.end()
      frame = undefined
    }
  })
}

function failure({ code, message }: QueryFailure): ServiceError {
  if (code === 'internal' || code === 'damaged') log.error(`query: ${message}`)
  return new ServiceError(code === 'missing' ? 'unsupported' : code, message)
}

function compileCache(): Record<string, string> {
  const directory = process.env.NODE_COMPILE_CACHE
  return directory ? { NODE_COMPILE_CACHE: directory } : {}
}
