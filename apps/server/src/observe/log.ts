import { pino, stdTimeFunctions } from 'pino'
import { prettyLine } from './prettyLine.ts'

/**
 * The most bytes that may wait for whoever reads stderr. A pipe that nobody reads would otherwise fill the
 * memory with lines.
 */
const MOST_WAITING = 1024 * 1024

/** How many lines were left out, because nobody read those before. */
export let droppedLines = 0
/** How many of them no line has told of yet. */
let untold = 0

const { stderr } = process
// A reader that goes away must not end the server.
stderr.on('error', () => {})

/** The log of the server, on stderr: lines for people on a terminal, JSON elsewhere. Its level is set by `run.ts`. */
export const log = pino(
  {
    level: 'warn',
    base: null,
    timestamp: stdTimeFunctions.isoTime,
    formatters: { level: level => ({ level }) },
  },
  { write },
)

function write(line: string): void {
  if (stderr.writableLength > MOST_WAITING) {
    droppedLines++
    untold++
    return
  }
  if (untold > 0) {
    const lines = untold
    untold = 0
    log.warn({ lines }, 'lines are left out above, because nobody has read stderr')
  }
  stderr.write(stderr.isTTY ? prettyLine(line, stderr.hasColors()) : line)
}

/** Resolves when all lines are written. */
export function written(): Promise<void> {
  return new Promise(resolve => stderr.write('', () => resolve()))
}
