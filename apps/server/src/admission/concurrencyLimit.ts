import { ServiceError } from '../service/errors.ts'

/** Runs what is admitted. */
export type Admit = <T>(work: () => Promise<T>) => Promise<T>

/** Lets at most `limit` pieces of work run at once: one more is refused, in words that call them `name`, unless `makeRoom` ends another one. */
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
