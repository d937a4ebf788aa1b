import cliProgress from 'cli-progress'
import { formatSeconds } from './units.ts'

/** In ms. A shorter operation needs no progress line. */
const SHOWN_AFTER = 1000
const BAR_WIDTH = 20
/** On a terminal of fewer columns, half a bar leaves room for the rest of the line. */
const WIDE_TERMINAL = 80

/**
 * A progress line on stderr, drawn ten times a second after the first second. `line` gets the seconds since
 * the start. cli-progress draws nothing if stderr is not a terminal.
 */
export class Progress {
  readonly #line: (seconds: number) => string
  readonly #startedAt = performance.now()
  #timer: NodeJS.Timeout | undefined
  #bar: cliProgress.SingleBar | undefined

  constructor(line: (seconds: number) => string) {
    this.#line = line
    this.#timer = setTimeout(() => this.#show(), SHOWN_AFTER)
  }

  /** Runs `output` with the progress line out of the way. */
  print(output: () => void): void {
    const shown = this.#bar !== undefined
    this.#hide()
    output()
    if (shown) this.#show()
  }

  stop(): void {
    clearTimeout(this.#timer)
    this.#hide()
  }

  #show(): void {
    this.#bar = new cliProgress.SingleBar({
      format: () => this.#line((performance.now() - this.#startedAt) / 1000),
      linewrap: true, // trims the line to the terminal instead of switching the terminal's wrapping off
      clearOnComplete: true,
    })
    this.#bar.start(1, 0)
  }

  #hide(): void {
    this.#bar?.stop()
    this.#bar = undefined
  }
}

/** Shows how long `work` takes. `what`: what is going on. */
export async function showWaiting<T>(what: string, work: Promise<T>): Promise<T> {
  const progress = new Progress(seconds => `${what}: ${formatSeconds(seconds)}`)
  return work.finally(() => progress.stop())
}

export interface Amount {
  done: number
  total: number
  /** The total as text: `3.0 GB`. */
  name: string
  /** Formats an amount per second: `210.0 MB`. */
  format: (amount: number) => string
  /** What was done in total, with what had to be done again. `done` if it is left out. */
  moved?: number
  /** Nothing gets on at the moment. */
  isOut?: boolean
}

/**
 * Returns a bar with share, rate and time left: `[===---]  45% of 3.0 GB, 210.0 MB/s, 8 s left`. `seconds`: how long the work has taken so
 * far, without the time in which nothing got on.
 */
export function barLine(
  { done, total, name, format, moved = done, isOut = false }: Amount,
  seconds: number,
): string {
  const share = total === 0 ? 1 : done / total
  const width = (process.stderr.columns ?? WIDE_TERMINAL) < WIDE_TERMINAL ? BAR_WIDTH / 2 : BAR_WIDTH
  const complete = Math.round(share * width)
  const bar = `${'='.repeat(complete)}${'-'.repeat(width - complete)}`
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  const left = moved === 0 ? '' : `, ${formatSeconds((seconds / moved) * (total - done))} left`
  const speed = isOut ? 'waiting for the server' : `${format(moved / seconds)}/s${left}`
  return `[${bar}] ${percent} of ${name}, ${speed}`
}
