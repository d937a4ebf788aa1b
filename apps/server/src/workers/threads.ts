import { extname, join } from 'node:path'
import { StorageError } from '@table/storage'
import { Piscina } from 'piscina'
import { WORKER_HEAP } from '../config/tuning.ts'
import { log } from '../observe/log.ts'
import type { Reading } from '../observe/metrics.ts'
import type { Outcome } from './outcome.ts'
import { memoryOf } from './workerMemory.ts'

/** How long to wait before loading a worker in place of one that failed to load, in ms. */
const LOAD_AGAIN = 1000

/** What is known of the tasks of a worker: data for each, and the value that it comes to. */
type TaskTypes<Tasks> = { [Name in keyof Tasks]: { task: unknown; value: unknown } }

/**
 * Worker threads that all run the module `name` beside this one, with a first-come-first-served queue in front. A worker that dies is
 * replaced; the task it was doing fails. Each function of the module is a task; one of them is called `nothing`.
 */
export class Threads<Tasks extends TaskTypes<Tasks>> {
  readonly #piscina: Piscina
  /** Whether `close` was called. */
  isClosed = false

  constructor(name: string, count: number, workerData: object) {
    this.#piscina = new Piscina({
      // In the npm package the worker is plain JavaScript.
      filename: join(import.meta.dirname, `${name}${extname(import.meta.filename)}`),
      workerData,
      minThreads: count,
      maxThreads: count,
      stricterFIFO: true,
      recordTiming: false,
      resourceLimits: WORKER_HEAP,
    })
    // Piscina has already replaced a worker that died between two tasks.
    this.#piscina.on('error', error => {
      log.error(error)
      // Piscina replaces a worker that dies while loading only when the next task arrives, so queue an empty
      // task.
      if (this.#piscina.queueSize > 0)
        setTimeout(() => this.#piscina.run(undefined, { name: 'nothing' }).catch(() => {}), LOAD_AGAIN)
    })
  }

  get readings(): Reading[] {
    return [
      {
        kind: 'gauge',
        name: 'table_worker_queue_length',
        help: 'Tasks that wait for a worker.',
        read: () => this.#piscina.queueSize,
      },
      {
        kind: 'gauge',
        name: 'table_workers_memory_bytes',
        help: 'Objects and buffers of all worker threads.',
        read: () => memoryOf(this.#piscina.threads),
      },
    ]
  }

  /** Runs a task on the next free worker. Throws the StorageError of the task, or an Error once the workers have ended. */
  async run<Name extends keyof Tasks & string>(
    name: Name,
    task: Tasks[Name]['task'],
  ): Promise<Tasks[Name]['value']> {
    // Piscina would start new workers, which nobody would end.
    if (this.isClosed) throw new Error('the worker threads have ended')
    const outcome: Outcome<Tasks[Name]['value']> = await this.#piscina.run(task, { name })
    if ('value' in outcome) return outcome.value
    const { code, message, forClients } = outcome
    throw new StorageError(code, message, { forClients })
  }

  /** Ends the workers, whatever they are doing. */
  close(): Promise<void> {
    this.isClosed = true
    return this.#piscina.destroy()
  }
}
