/** What a header takes beside its bytes, by HTTP/2's rule: https://www.rfc-editor.org/rfc/rfc9113#section-6.5.2 */
const ENTRY_BYTES = 32

/**
 * The headers of a request as they came. Node's own object joins the values of a repeated header or drops all but the first, so it
 * cannot tell whether a header came once.
 */
export class RequestHeaders {
  /** Names and values in turn. */
  readonly #raw: readonly string[]

  constructor(raw: readonly string[]) {
    this.#raw = raw
  }

  /** Every value of the header, in the order in which they came. */
  get(name: string): string[] {
    return this.#raw.filter((_, i) => i % 2 === 1 && this.#raw[i - 1] === name)
  }

  /** The value of a header that nobody sends twice; the first one if somebody does. */
  first(name: string): string | undefined {
    const i = this.#raw.findIndex((text, i) => i % 2 === 0 && text === name)
    return i < 0 ? undefined : this.#raw[i + 1]
  }

  /** The size that HTTP/2's SETTINGS_MAX_HEADER_LIST_SIZE limits. */
  get bytes(): number {
    return this.#raw.reduce((sum, text) => sum + text.length, (this.#raw.length / 2) * ENTRY_BYTES)
  }
}
