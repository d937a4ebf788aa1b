/** What the person at the terminal can do something about; the message says what, in one line. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
}

/** No connection to the server, so that nothing else will work either. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError'
}

/** What may succeed when it is tried again. */
export class TransientError extends CliError {
  override readonly name = 'TransientError'
  /** The server may have stored the upload. */
  readonly unsure: boolean

  constructor(message: string, { unsure = false, ...options }: ErrorOptions & { unsure?: boolean } = {}) {
    super(message, options)
    this.unsure = unsure
  }
}

/** Text from elsewhere, as one line that cannot move the terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
