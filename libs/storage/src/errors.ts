/**
 * What went wrong, in the storage library's terms:
 * - `invalid`: the caller's data or question is wrong. The message says where, what was found and what was
 *   expected.
 * - `too-large`: a limit is exceeded. The message gives the actual and the allowed value.
 * - `disk-full`: no disk space is left.
 * - `exhausted`: the process or the machine is out of open files or memory. The same request may work later.
 * - `damaged`: a stored file is missing or is not what the catalogue says.
 * - `unusable`: the data directory cannot be served, because it is not writable or another process serves it.
 * - `cancelled`: nobody waits for the answer any more.
 * - `undecided`: a change of the catalogue may or may not be on the disk. The process has to end; the next
 *   start finds out.
 * - `heavy`: the work takes too much memory to run beside other such work, and was not started alone.
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

/** How many characters of a client's text an error repeats. */
const MOST_SHOWN = 200

/** Cuts a client's text to what an error may show. Otherwise an answer could be as large as the request. */
export function shown(text: string): string {
  return text.length > MOST_SHOWN ? `${text.slice(0, MOST_SHOWN)}…` : text
}

interface StorageErrorOptions extends ErrorOptions {
  /** What clients see instead of a message that holds a path. */
  forClients?: string | undefined
}

export class StorageError extends Error {
  override readonly name = 'StorageError'
  readonly code: StorageErrorCode
  /** What clients see. The message may hold a path, which only the operator should see. */
  readonly forClients: string

  constructor(code: StorageErrorCode, message: string, { forClients, ...options }: StorageErrorOptions = {}) {
    super(message, options)
    this.code = code
    this.forClients = forClients ?? message
  }
}

/**
 * Makes the error for a damaged stored file. `problem` is a phrase such as "is missing". Whoever catches the
 * error names the upload.
 */
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

/**
 * Turns an error of the system that is out of some resource into a StorageError `exhausted`. Returns
 * undefined for other errors.
 */
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
