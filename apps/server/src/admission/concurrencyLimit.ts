import { ServiceError } from '../service/errors.ts'

export type Admit = <T>(work: () => Promise<T>) => Promise<T>

/**
 * Lets at most `limit` pieces of work run at once. When the limit is reached, `makeRoom` may end some running
 * work; otherwise the new work is refused with a `ServiceError` that calls the work `name`.
 */
export function limitConcurrency(limit: number, name: string, makeRoom: () => boolean = () => false): Admit {
  let running = 0
  return async work => {
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
}
