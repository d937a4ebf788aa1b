import { spawn } from 'node:child_process'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { stripVTControlCharacters } from 'node:util'
import { print } from '../print.ts'
import { widthOf } from '../printTable.ts'

/** Whether a pager took the text, and all of it. */
export type Paging = 'none' | 'whole' | 'stopped'

/**
 * Writes text to the terminal: what fits on the screen as it is, and longer or wider text through $PAGER, or less. Takes no more of the
 * text than the pager reads. Ctrl-C while the pager runs calls `cancel`.
 */
export async function printPaged(chunks: AsyncGenerator<string>, cancel: () => void): Promise<Paging> {
  let held = ''
  for (let next = await chunks.next(); !next.done; next = await chunks.next()) {
    held += next.value
    if (!fits(held)) return throughPager(withFirst(held, chunks), cancel)
  }
  process.stdout.write(held)
  return 'none'
}

/** Leaves a line of the screen for the count of rows and one for the prompt. */
function fits(text: string): boolean {
  // A terminal that does not know its size has 0 of both.
  const rows = process.stdout.rows || 24
  const columns = process.stdout.columns || 80
  const lines = text.split('\n')
  return lines.length <= rows - 1 && lines.every(line => widthOf(stripVTControlCharacters(line)) <= columns)
}

async function throughPager(text: AsyncGenerator<string>, cancel: () => void): Promise<Paging> {
  const { PAGER } = process.env
  if (PAGER === '' || PAGER === 'cat') return printAll(text)
  // As git calls less: it ends at once if the text fits, and cuts long lines, to be read with the arrow keys.
  const env = { LESS: 'FRSX', LESSCHARSET: 'utf-8', ...process.env }
  const pager = spawn(PAGER ?? 'less', {
    env,
    shell: PAGER !== undefined,
    stdio: ['pipe', 'inherit', 'inherit'],
  })
  const started = await new Promise<boolean>(resolve => {
    pager.once('spawn', () => resolve(true))
    pager.once('error', () => resolve(false))
  })
  if (!started) return printAll(text)
  const ended = new Promise(resolve => pager.once('close', resolve))
  const regainKeys = releaseKeys()
  // The terminal sends Ctrl-C to the pager as well, which must not lose its terminal to a process that ended.
  process.on('SIGINT', cancel)
  let failure: unknown
  let paging: Paging = 'whole'
  try {
    await pipeline(Readable.from(text), pager.stdin)
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    if (code === 'EPIPE' || code === 'ERR_STREAM_PREMATURE_CLOSE') paging = 'stopped'
    else failure = error
  }
  await ended
  process.off('SIGINT', cancel)
  regainKeys()
  if (failure) throw failure
  return paging
}

/** Leaves the keys to the pager if the shell reads them. The function that is returned takes them back. */
function releaseKeys(): () => void {
  const { stdin } = process
  if (!stdin.isRaw) return () => {}
  stdin.pause()
  stdin.setRawMode(false)
  return () => {
    stdin.setRawMode(true)
    stdin.resume()
  }
}

async function printAll(text: AsyncGenerator<string>): Promise<Paging> {
  await print(text)
  return 'none'
}

async function* withFirst(first: string, others: AsyncGenerator<string>): AsyncGenerator<string> {
  yield first
  yield* others
}
