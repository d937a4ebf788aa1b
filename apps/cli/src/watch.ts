import { setTimeout as pause } from 'node:timers/promises'
import { stripVTControlCharacters } from 'node:util'
import { type Command, InvalidArgumentError, Option } from 'commander'
import { styleOf, widthOf } from './printTable.ts'

/** In seconds. */
const EVERY = 2
const LONGEST = 86_400

/** Gives a command the options that `printOrWatch` reads. */
export function addWatchOptions(command: Command): Command {
  return command
    .addOption(new Option('--watch', 'show the answer again and again, until Ctrl-C'))
    .addOption(
      new Option('--every <seconds>', 'how often --watch asks')
        .argParser(parseSeconds)
        .default(EVERY)
        .implies({ watch: true }),
    )
}

function parseSeconds(text: string): number {
  const seconds = Number(text)
  if (!/^\d+(\.\d+)?$/.test(text) || seconds < 0.1 || seconds > LONGEST)
    throw new InvalidArgumentError(`Expected seconds from 0.1 to ${LONGEST}.`)
  return seconds
}

/** Returns how often to ask, in seconds; undefined without --watch. Ends with wrong usage where nobody can watch. */
function watchOf(command: Command): number | undefined {
  const { watch, every } = command.opts<{ watch?: true; every: number }>()
  if (!watch) return undefined
  if (!process.stdout.isTTY || styleOf(command) !== 'aligned')
    command.error(
      'error: --watch shows tables on a terminal: leave it out for --json, --csv, files and pipes',
    )
  return every
}

/**
 * Text at the end of a terminal that the next text replaces. No mode of the terminal is changed, so that the terminal is in order
 * whenever the program ends.
 */
export class Picture {
  #lines: string[] = []

  /** Shows as many lines as the terminal has room for. */
  show(text: string): void {
    const rows = process.stdout.rows || 24 // 0 where the terminal does not know its size
    const back = heightOf(this.#lines)
    const lines = text.split('\n')
    const all = lines.length
    // A line below the picture is where the cursor is.
    while (lines.length > 1 && heightOf(lines) > rows - 2) lines.pop()
    if (lines.length < all) lines.push(`(${all - lines.length} more lines)`)
    const up = back > 0 ? `\u001b[${back}A\u001b[J` : ''
    process.stdout.write(`${up}${lines.join('\n')}\n`)
    this.#lines = lines
  }
}

/** How many rows of the terminal these lines take, as wide as the terminal is now. */
function heightOf(lines: readonly string[]): number {
  const columns = process.stdout.columns || 80
  const heights = lines.map(line => Math.max(1, Math.ceil(widthOf(stripVTControlCharacters(line)) / columns)))
  return heights.reduce((sum, height) => sum + height, 0)
}

/** Yields the text of an answer that is asked for anew. What is said beside the answer goes to `note`, a line each. */
type Answer = (note: (line: string) => void) => AsyncIterable<string>

/** Prints an answer, or with --watch shows one after the other. */
export async function printOrWatch(command: Command, answer: Answer): Promise<void> {
  const { caution } = await import('./colours.ts')
  const seconds = watchOf(command)
  if (seconds !== undefined) return watch(seconds, answer)
  const { print } = await import('./print.ts')
  await print(answer(line => console.error(caution(line))))
}

/**
 * Shows an answer every so many seconds, until Ctrl-C ends the program with exit code 0. Only an error of the first answer is thrown:
 * later, the server may be starting again.
 */
async function watch(seconds: number, answer: Answer): Promise<never> {
  const { failure, caution } = await import('./colours.ts')
  const { CliError } = await import('./errors.ts')
  const textNow = async () => {
    const notes: string[] = []
    const texts = await Array.fromAsync(answer(line => notes.push(`${caution(line)}\n`)))
    return [...texts, ...notes].join('')
  }
  process.once('SIGINT', () => process.exit())
  const picture = new Picture()
  let text = await textNow()
  let problem = ''
  for (;;) {
    const [time] = /\d\d:\d\d:\d\d/.exec(new Date().toString()) ?? []
    picture.show(`${text}${problem}${time}, every ${seconds} s, Ctrl-C ends`)
    await pause(seconds * 1000)
    try {
      text = await textNow()
      problem = ''
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      problem = `${failure(error.message)}\n`
    }
  }
}
