import { status } from '@grpc/grpc-js'
import { StatusError } from '../grpc/statusError.ts'

/**
 * `method`, of which at most `limit` calls run at once: one more is refused, in words that call them `name`, unless
 * `makeRoom` ends another one.
 */
export function limitConcurrency<Arguments extends unknown[], Result>(
  limit: number,
  name: string,
  makeRoom: () => boolean,
  method: (...args: Arguments) => Promise<Result>,
): (...args: Arguments) => Promise<Result> {
  let running = 0
  return async (...args) => {
    if (running >= limit && !makeRoom())
      throw new StatusError(
        status.UNAVAILABLE,
        `${running} ${name} are under way, at most ${limit} are allowed: try again later`,
      )
    running++
    try {
      return await method(...args)
    } finally {
      running--
    }
  }
}
