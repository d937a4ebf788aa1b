/**
 * What went wrong, in the storage library's terms:
 * - `invalid`: the caller's data or question; the message says where, what was found, what was expected.
 * - `too-large`: over a limit; the message gives the actual and the allowed value.
 * - `disk-full`: no space is left for what should be written.
 * - `exhausted`: the process or the machine has too many open files or too little memory; the same may work later.
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
  | 'exhausted'
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

interface StorageErrorOptions extends ErrorOptions {
  /** What clients see in place of a message that holds a path. */
  forClients?: string | undefined
}

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** What clients see. The message may hold a path, which is for whoever runs the server alone. */
  readonly forClients: string

  constructor(code: StorageErrorCode, message: string, { forClients, ...options }: StorageErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.forClients = forClients ?? message
  }
}

/** A stored file is not what it should be: `problem` is a phrase such as "is missing". Whoever catches this names the upload. */
export function damagedFile(path: string, problem: string, cause?: unknown): StorageError {
  return new StorageError('damaged', `${path} ${problem}`, { forClients: `the file ${problem}`, cause })
}

const shortages: Record<string, [what: string, remedy: string]> = {
  EMFILE: [
    'too many open files',
    'raise the limit of open files of the process (ulimit -n), or lower --max-connections',
  ],
  ENFILE: ['too many open files', "raise the machine's limit of open files (sysctl fs.file-max)"],
  ENOMEM: ['too little memory', 'give it more memory, or lower --max-uploads'],
}

/** What an error means that says that the system has nothing left of something: nothing is wrong with the data. Undefined for others. */
export function shortageOf(error: unknown): StorageError | undefined {
  if (error instanceof StorageError) return error.code === 'exhausted' ? error : undefined
  const { code = '', message } = error as NodeJS.ErrnoException
  const noBuffer = error instanceof RangeError && /allocat|grow instance memory/.test(message)
  const [what, remedy] = shortages[noBuffer ? 'ENOMEM' : code] ?? []
  if (!what) return undefined
  return new StorageError('exhausted', `the server has ${what} (${message}): ${remedy}`, {
    cause: error,
    forClients: `the server has ${what}: try again later`,
  })
}
