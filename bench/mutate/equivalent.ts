/** A change that no behaviour can show, and why. `before` and `after` are as the report prints them. */
export interface Equivalent {
  file: string
  before: string
  after: string
  why: string
}

/** What is none of these has to be killed by a test. */
export const equivalents: Equivalent[] = []
