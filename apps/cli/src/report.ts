import { failure } from './colours.ts'
import { CliError, oneLine } from './errors.ts'

/**
 * Says in one line on stderr what went wrong, and lets the process exit with 1. An error that nobody expected is a defect of the CLI:
 * with TABLE_DEBUG=1, its stack follows.
 */
export function reportError(error: unknown): void {
  process.exitCode = 1
  if (error instanceof CliError) console.error(failure(error.message))
  else
    console.error(
      failure(
        `unexpected error: ${oneLine(String(error))}: run it again with TABLE_DEBUG=1 and report what it prints`,
      ),
    )
  if (process.env.TABLE_DEBUG === '1') console.error(error)
}
