const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

/**
 * Calls `finish` when the user or the system ends the process, which then ends by the same signal, so that a shell knows of it. Returns a
 * function that takes this back.
 */
export function onInterrupt(finish: () => void): () => void {
  const end = (signal: NodeJS.Signals) => {
    forget()
    finish()
    process.kill(process.pid, signal)
  }
  const forget = () => {
    for (const signal of signals) process.off(signal, end)
  }
  for (const signal of signals) process.on(signal, end)
  return forget
}
