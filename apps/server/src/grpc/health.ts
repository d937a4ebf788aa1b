// The health service: https://github.com/grpc/grpc/blob/master/doc/health-checking.md
import { once } from 'node:events'
import { status } from '@grpc/grpc-js'
import { descriptors, type HealthCheckRequest, type HealthCheckResponse, ServingStatus } from '@table/proto'
import { shuttingDown } from '@table/table'
import type { Call } from './call.ts'
import type { Context, Send } from './handler.ts'
import { StatusError } from './status.ts'

/** The empty name stands for the server as a whole. */
const services = new Set(['', ...descriptors.flatMap(({ services }) => services)])

export async function check(
  { draining }: Context,
  { service }: HealthCheckRequest,
): Promise<HealthCheckResponse> {
  if (services.has(service)) return statusNow(draining)
  throw new StatusError(
    status.NOT_FOUND,
    `there is no service "${service.slice(0, 80)}": ask for one of ${[...services].map(name => `"${name}"`).join(', ')}`,
  )
}

/** Sends the health, and once more when the server begins to shut down. */
export async function watch(
  { draining }: Context,
  { service }: HealthCheckRequest,
  call: Call,
  send: Send<HealthCheckResponse>,
): Promise<never> {
  // Nobody needs a token to watch, so watchers must not keep others out.
  call.lingers = true
  await send(services.has(service) ? statusNow(draining) : { status: ServingStatus.SERVICE_UNKNOWN })
  if (!draining.aborted) {
    await once(AbortSignal.any([draining, call.signal]), 'abort')
    if (services.has(service)) await send(statusNow(draining))
  }
  throw shuttingDown()
}

function statusNow(draining: AbortSignal): HealthCheckResponse {
  return { status: draining.aborted ? ServingStatus.NOT_SERVING : ServingStatus.SERVING }
}
