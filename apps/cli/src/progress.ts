import cliProgress from 'cli-progress'
import { formatSeconds } from './units.ts'

/** Milliseconds: what takes less needs no progress line. */
const SHOWN_AFTER = 1000
const BAR_WIDTH = 20

/**
 * A line on standard error, drawn anew ten times a second from the second second on. cli-progress draws nothing if
 * standard error is no terminal. `line` is given the seconds since the start.
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

  /** Does some other output, out of the line's way. */
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

export interface Amount {
  done: number
  total: number
  /** What the total is called: `3.0 GB`. */
  name: string
  /** Names what is done in a second: `210.0 MB`. */
  format: (amount: number) => string
}

/** A bar with share, rate and time left: `[===---]  45% of 3.0 GB, 210.0 MB/s, 8 s left`. */
export function barLine({ done, total, name, format }: Amount, seconds: number): string {
  const share = total === 0 ? 1 : done / total
  const complete = Math.round(share * BAR_WIDTH)
  const bar = `${'='.repeat(complete)}${'-'.repeat(BAR_WIDTH - complete)}`
  const percent = `${Math.floor(share * 100)}%`.padStart(4)
  const left = done === 0 ? '' : `, ${formatSeconds((seconds / done) * (total - done))} left`
  return `[${bar}] ${percent} of ${name}, ${format(done / seconds)}/s${left}`
}
