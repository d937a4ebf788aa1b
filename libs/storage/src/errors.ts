/**
 * What went wrong, in the storage library's terms:
 * - `invalid`: the caller's data or question; the message says where, what was found, what was expected.
 * - `too-large`: over a limit; the message gives the actual and the allowed value.
 * - `disk-full`: no space is left for what should be written.
 * - `damaged`: a stored file is missing or is not what the catalogue says.
 * - `unusable`: the data directory cannot be served (not writable, or another process serves it).
 * - `cancelled`: nobody waits for the answer any more.
 * - `undecided`: whether a change of the catalogue is on the disk is unknown; the process has to end, the next start finds out.
 * - `heavy`: it takes more memory than several threads may take at once, and was not said to be the only one.
 */
export type StorageErrorCode =
  | 'invalid'
  | 'too-large'
  | 'disk-full'
  | 'damaged'
  | 'unusable'
  | 'cancelled'
  | 'undecided'
  | 'heavy'

/** Characters of what a client has sent that an error repeats. */
const MOST_SHOWN = 200

/** What an error shows of a text from a client: an answer must not be as large as what was sent. */
export function shown(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode

  constructor(code: StorageErrorCode, message: string, options?: ErrorOptions) {
    super(message, options)
    this.code = code
  }
}
