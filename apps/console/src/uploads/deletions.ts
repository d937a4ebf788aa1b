import { createStore, type Store } from '../store.ts'

/** How long a deletion can be undone, in ms. */
const UNDO_TIME = 6000

/** A deletion that the user has asked for and the server has not. */
export interface Deletion {
  id: number
  name: string
  /** When the server will be asked, in ms. */
  at: number
  error?: string
}

export interface DeletionOptions {
  /** `leaving`: the page goes away, and the request must outlive it. */
  remove(id: number, leaving: boolean): Promise<void>
  onDeleted(id: number): void
  undoTime?: number
}

/** Deletions that wait until nobody has undone them. */
export class Deletions {
  readonly waiting: Store<readonly Deletion[]> = createStore<readonly Deletion[]>([])
  readonly #timers = new Map<number, ReturnType<typeof setTimeout>>()
  readonly #options: DeletionOptions

  constructor(options: DeletionOptions) {
    this.#options = options
  }

  ask(id: number, name: string): void {
    const { undoTime = UNDO_TIME } = this.#options
    this.undo(id)
    this.waiting.set([...this.waiting.get(), { id, name, at: Date.now() + undoTime }])
    this.#timers.set(
      id,
      setTimeout(() => this.#send(id, false), undoTime),
    )
  }

  /** Takes a deletion back, or takes note of its error. */
  undo(id: number): void {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    this.waiting.set(this.waiting.get().filter(deletion => deletion.id !== id))
  }

  /** Sends what waits: nobody can undo it on a page that is gone. */
  leave(): void {
    for (const id of [...this.#timers.keys()]) void this.#send(id, true)
  }

  async #send(id: number, leaving: boolean): Promise<void> {
    clearTimeout(this.#timers.get(id))
    this.#timers.delete(id)
    try {
      await this.#options.remove(id, leaving)
      this.#options.onDeleted(id)
      this.undo(id)
    } catch (error) {
      const failed = (deletion: Deletion) =>
        deletion.id === id ? { ...deletion, error: (error as Error).message } : deletion
      this.waiting.set(this.waiting.get().map(failed))
    }
  }
}
