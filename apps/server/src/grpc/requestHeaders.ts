/** What each header takes beside its bytes, as HTTP/2 counts: https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2 */
const ENTRY_BYTES = 32

/**
 * The headers of a request as they arrived. Node's headers object joins or drops the values of a repeated
 * header, so it cannot tell whether a header was repeated.
 */
export class RequestHeaders {
  /** Names and values, alternating. */
  readonly #raw: readonly string[]

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  /** Returns every value of the header, in order of arrival. */
  get(name: string): string[] {
    return this.#raw.filter((_, i) => i % 2 === 1 && this.#raw[i - 1] === name)
  }

  /** Returns the first value of the header. Use this for headers that are never repeated. */
  first(name: string): string | undefined {
    const i = this.#raw.findIndex((text, i) => i % 2 === 0 && text === name)
    return i < 0 ? undefined : this.#raw[i + 1]
  }

  /** The size that HTTP/2's SETTINGS_MAX_HEADER_LIST_SIZE limits. */
  get bytes(): number {
    return this.#raw.reduce((sum, text) => sum + text.length, (this.#raw.length / 2) * ENTRY_BYTES)
  }
}
