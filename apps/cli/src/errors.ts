/** An error that the user can do something about. The message says what to do, in one line. */
export class CliError extends Error {
  override readonly name: string = 'CliError'
}

/** There is no connection to the server, so nothing else will work either. */
export class UnreachableError extends CliError {
  override readonly name = 'UnreachableError'
}

/** The server does not know the question. */
export class UnknownQuestionError extends CliError {
  override readonly name = 'UnknownQuestionError'
  /** What the server says of it. */
  readonly reason: string

  constructor(message: string, reason: string) {
    super(message)
    this.reason = reason
  }
}

/** The same request may succeed when it is tried again. */
export class TransientError extends CliError {
  override readonly name = 'TransientError'
  /** The server may have stored the upload. */
  readonly unsure: boolean

  constructor(message: string, { unsure = false, ...options }: ErrorOptions & { unsure?: boolean } = {}) {
    super(message, options)
    this.unsure = unsure
  }
}

/** Makes a text from elsewhere safe to print: one line that cannot move the terminal's cursor. */
export function oneLine(text: string): string {
  return text.replace(/[\p{Cc}\u2028\u2029]+/gu, ' ').trim()
}
