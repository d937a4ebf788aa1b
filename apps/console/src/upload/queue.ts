import type { StoredUpload } from '../api/client.ts'
import { ApiError, messageOf } from '../api/problem.ts'
import { createStore, type Store } from '../store.ts'
import { Pace } from './pace.ts'
import type { Sending } from './send.ts'

/** Uploads at once. A browser has six connections to a server, and the page needs some itself. */
const AT_ONCE = 3
/** How often a file is sent again by itself when the connection breaks, and how long the first pause is, in ms. */
const TRIES = 3
const PAUSE = 1000

/** `ready`: waits for the user. `waiting`: waits for its turn. `storing`: all bytes are sent. */
export type State =
  | 'ready'
  | 'waiting'
  | 'preparing'
  | 'sending'
  | 'storing'
  | 'stored'
  | 'failed'
  | 'cancelled'

export interface Body {
  blob: Blob
  isPacked: boolean
}

export interface Item {
  id: string
  /** The path in the folder that was dropped, or the name of the file. */
  name: string
  file: File
  state: State
  sent: number
  /** The bytes to send, once they are known. */
  bytes: number
  pace: Pace
  tries: number
  body?: Body
  stored?: StoredUpload
  error?: ApiError
  controller?: AbortController
}

export interface QueueOptions {
  /** Makes what is sent of a file. */
  prepare(item: Item, signal: AbortSignal): Promise<Body>
  send(sending: Sending): Promise<StoredUpload>
  onStored(item: Item): void
  onFailed(item: Item): void
  pause?: number
}

/** The files that go up, several at a time. */
export class UploadQueue {
  readonly items: Store<readonly Item[]> = createStore<readonly Item[]>([])
  readonly #options: QueueOptions

  constructor(options: QueueOptions) {
    this.#options = options
  }

  add(files: readonly { name: string; file: File }[]): void {
    const added = files.map(({ name, file }): Item => {
      const item = { id: uuid(), name, file, state: 'ready', sent: 0, bytes: file.size } as const
      return { ...item, pace: new Pace(performance.now()), tries: 0 }
    })
    this.items.set([...this.items.get(), ...added])
  }

  /** Sends everything that is ready. */
  start(): void {
    for (const item of this.items.get()) if (item.state === 'ready') item.state = 'waiting'
    this.#next()
  }

  cancel(item: Item): void {
    item.controller?.abort()
    item.state = 'cancelled'
    this.#next()
  }

  /** Sends a file again under its id, so that it counts once if the server has stored it already. */
  retry(item: Item): void {
    delete item.error
    item.tries = 0
    item.state = 'waiting'
    this.#next()
  }

  /** Takes everything off the list that is not under way, or one item. */
  clear(only?: Item): void {
    const isOver = ({ state }: Item) => state === 'stored' || state === 'failed' || state === 'cancelled'
    this.items.set(this.items.get().filter(item => (only ? item !== only : !isOver(item))))
  }

  get isBusy(): boolean {
    return this.items.get().some(({ state }) => isUnderWay(state) || state === 'waiting')
  }

  /** Tells everybody who looks at the items. */
  changed(): void {
    this.items.set([...this.items.get()])
  }

  #next(): void {
    const items = this.items.get()
    let free = AT_ONCE - items.filter(({ state }) => isUnderWay(state)).length
    for (const item of items) {
      if (item.state !== 'waiting' || free <= 0) continue
      free--
      void this.#run(item)
    }
    this.changed()
  }

  async #run(item: Item): Promise<void> {
    item.controller = new AbortController()
    const { signal } = item.controller
    try {
      item.state = 'preparing'
      const body = item.body ?? (await this.#options.prepare(item, signal))
      item.body = body
      item.bytes = body.blob.size
      item.stored = await this.#sendOften(item, body, signal)
      item.state = 'stored'
      delete item.body
      this.#options.onStored(item)
    } catch (error) {
      if (signal.aborted) return
      item.state = 'failed'
      item.error = error instanceof ApiError ? error : new ApiError(400, messageOf(error))
      this.#options.onFailed(item)
    } finally {
      this.#next()
    }
  }

  async #sendOften(item: Item, { blob, isPacked }: Body, signal: AbortSignal): Promise<StoredUpload> {
    for (;;) {
      item.state = 'sending'
      item.sent = 0
      item.pace = new Pace(performance.now())
      const onProgress = (sent: number) => {
        item.sent = sent
        item.pace.update(performance.now(), sent)
        if (sent >= blob.size) item.state = 'storing'
        this.changed()
      }
      try {
        return await this.#options.send({
          id: item.id,
          name: item.name,
          body: blob,
          isPacked,
          signal,
          onProgress,
        })
      } catch (error) {
        if (!(error instanceof ApiError && error.isTransient) || ++item.tries >= TRIES) throw error
        item.state = 'preparing'
        this.changed()
        await pause((this.#options.pause ?? PAUSE) * 2 ** (item.tries - 1), signal)
      }
    }
  }
}

function isUnderWay(state: State): boolean {
  return state === 'preparing' || state === 'sending' || state === 'storing'
}

function pause(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

/** A random UUID (RFC 9562, version 4). `crypto.randomUUID` is missing on pages that come over plain HTTP from another machine. */
function uuid(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  bytes[6] = ((bytes[6] as number) & 0x0f) | 0x40
  bytes[8] = ((bytes[8] as number) & 0x3f) | 0x80
  const hex = Array.from(bytes, byte => byte.toString(16).padStart(2, '0')).join('')
  return hex.replace(/(.{8})(.{4})(.{4})(.{4})(.{12})/, '$1-$2-$3-$4-$5')
}
