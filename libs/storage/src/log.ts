/** Where libraries write what clients must not see and the operator should. */
export interface Log {
  info(said: unknown): void
  warn(said: unknown): void
  error(said: unknown): void
}

const toStderr = (said: unknown) => console.error(said)
let current: Log = { info: toStderr, warn: toStderr, error: toStderr }

/** Sets the log of this thread. By default everything goes to stderr. */
export function setLog(log: Log): void {
  current = log
}

export const log: Log = {
  info: said => current.info(said),
  warn: said => current.warn(said),
  error: said => current.error(said),
}
