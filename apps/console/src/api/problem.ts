/** What the server says instead of an answer, or what keeps the page from asking (`status` 0). */
export class ApiError extends Error {
  override readonly name = 'ApiError'
  readonly status: number
  /** Where in the CSV the problem is. */
  readonly line: number | undefined
  readonly column: number | undefined

  constructor(status: number, detail: string, line?: number, column?: number) {
    super(detail)
    this.status = status
    this.line = line
    this.column = column
  }

  /** Whether the same request may succeed later. */
  get isTransient(): boolean {
    return this.status === 0 || this.status === 408 || this.status === 503
  }
}

/** Makes an error of an answer that has a problem document (RFC 9457), or something else if a proxy has answered. */
export function problemOf(status: number, body: string): ApiError {
  try {
    const { detail, line, column } = JSON.parse(body)
    if (typeof detail === 'string') return new ApiError(status, detail, line, column)
  } catch {
    // Told below.
  }
  return new ApiError(status, `the server answered with the status ${status}: ${body.slice(0, 200)}`)
}

export function unreachable(): ApiError {
  return new ApiError(0, 'the connection to the server broke off')
}

export function messageOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error)
  return text.charAt(0).toUpperCase() + text.slice(1)
}
