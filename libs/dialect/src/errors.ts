/** A file that cannot be read in the dialect that was named for it. The message names the options of the CLI. */
export class DialectError extends Error {
  override readonly name = 'DialectError'
}
