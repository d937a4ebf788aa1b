import { ServiceError } from '@table/table'

export interface Admit {
  <T>(work: () => Promise<T>): Promise<T>
  /** How much work runs now. */
  readonly running: number
}

/**
 * Returns a function that runs work, such as an upload, and lets at most `limit` of them run at once. When the
 * limit is reached, `makeRoom` may end some running work and return true. Otherwise the new work is refused
 * with a `ServiceError` that says "128 uploads are under way" if `name` is `uploads`.
 */
export function limitConcurrency(limit: number, name: string, makeRoom: () => boolean = () => false): Admit {
  let running = 0
  const admit = async <T>(work: () => Promise<T>): Promise<T> => {
    if (running >= limit && !makeRoom())
      throw new ServiceError(
        'unavailable',
        `${running} ${name} are under way, at most ${limit} are allowed: try again later`,
      )
    running++
    try {
      return await work()
    } finally {
      running--
    }
  }
  return Object.defineProperty(admit, 'running', { get: () => running }) as typeof admit & Admit
}
