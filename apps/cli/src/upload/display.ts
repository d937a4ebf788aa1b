import type { UploadResp } from '@table/proto'
import { caution } from '../colours.ts'
import { oneLine } from '../errors.ts'
import type { Input } from '../inputs.ts'
import { barLine, Progress } from '../progress.ts'
import { countOf, formatBytes, formatSeconds } from '../units.ts'
import type { Uploader } from '../uploader.ts'

/** What is going on with a file: it is read to find out its length, it is being sent, or the server has all of it. */
type Phase = 'reading' | 'sending' | 'storing'

interface Transfer {
  input: Input
  phase: Phase
  /** The part of the file's bytes on the disk that was sent. */
  sent: number
  storingSince: number
}

/** The progress line of all files that go up, and the lines about files that are done. */
export class UploadDisplay {
  readonly #inputs: readonly Input[]
  readonly #progress: Progress
  readonly #startedAt = performance.now()
  readonly #underWay = new Set<Transfer>()
  #outages: Pick<Uploader, 'isOut' | 'outage'> = { isOut: false, outage: 0 }
  /** In bytes on the disk, of the files that are done. */
  #done = 0
  /** In bytes on the disk, with what had to be sent again. */
  #moved = 0
  #finished = 0
  #stored = 0
  #again = 0

  constructor(inputs: readonly Input[]) {
    this.#inputs = inputs
    this.#progress = new Progress(seconds => this.#line(seconds))
  }

  /** Takes the time in which the server did not answer out of rate and time left. */
  watch(uploader: Uploader): void {
    this.#outages = uploader
  }

  begin(input: Input): Transfer {
    const transfer: Transfer = { input, phase: 'reading', sent: 0, storingSince: 0 }
    this.#underWay.add(transfer)
    return transfer
  }

  /** `bytes` of the `size` bytes of the upload are sent. */
  sent(transfer: Transfer, bytes: number, size: number): void {
    const before = transfer.sent
    // The share of the file: an upload that is unpacked or translated has another size.
    transfer.sent = (bytes / Math.max(size, 1)) * transfer.input.bytes
    this.#moved += Math.max(0, transfer.sent - before)
    transfer.phase = bytes === size ? 'storing' : 'sending'
    transfer.storingSince = performance.now()
  }

  end(transfer: Transfer): void {
    this.#underWay.delete(transfer)
    this.#done += transfer.input.bytes
    this.#finished++
  }

  /** Prints a line about a stored file: people see its id, and scripts the same word for every file. */
  stored({ label }: Input, { id, rows, warnings }: UploadResp, isAgain: boolean): void {
    this.#stored++
    if (isAgain) this.#again++
    const known = id === 0n ? '' : ` ${isAgain ? 'already as' : 'as'} upload ${id}, ${countOf(rows, 'row')}`
    this.#progress.print(() => {
      for (const warning of warnings) console.error(caution(`warning: ${label}: ${oneLine(warning)}`))
      console.log(process.stdout.isTTY ? `${label}: stored${known}` : 'success')
    })
  }

  note(line: string): void {
    this.#progress.print(() => console.error(line))
  }

  /** Removes the progress line. Says on a terminal how many files are stored, if they are several. */
  finish(): void {
    this.#progress.stop()
    if (process.stderr.isTTY && this.#inputs.length > 1) console.error(this.#summary())
  }

  /** The same for uploads that are broken off, on a terminal or not. */
  interrupted(): void {
    this.#progress.stop()
    const unsure = this.#inPhase('storing').length
    const more = unsure === 0 ? '' : `; ${unsure} more may be, look with table-cli ls`
    console.error(`interrupted: ${this.#summary()}${more}`)
  }

  #summary(): string {
    const count = this.#inputs.length
    const all = countOf(count, 'file')
    const stored = this.#stored === count ? `${all} stored` : `${this.#stored} of ${all} stored`
    const again = this.#again === 0 ? '' : ` (${this.#again} already before)`
    const seconds = (performance.now() - this.#startedAt) / 1000
    return `${stored}${again}, ${formatBytes(this.#sentBytes())} in ${formatSeconds(seconds)}`
  }

  #line(seconds: number): string {
    const sent = this.#sentBytes()
    const sending = this.#inPhase('sending')
    if (sending.length > 0 || this.#outages.isOut) {
      const total = this.#inputs.reduce((sum, { bytes }) => sum + bytes, 0)
      const { isOut, outage } = this.#outages
      const name = formatBytes(total)
      const amount = { done: sent, total, name, format: formatBytes, moved: this.#moved, isOut }
      return `${barLine(amount, seconds - outage)}  ${this.#names(sending)}`
    }
    const storing = this.#inPhase('storing')
    if (storing.length === 0) return `reading ${this.#names(this.#inPhase('reading'))}`
    const since = Math.min(...storing.map(({ storingSince }) => storingSince))
    const waiting = formatSeconds((performance.now() - since) / 1000)
    return `${formatBytes(sent)} sent, the server is storing ${this.#names(storing)}: ${waiting}`
  }

  #inPhase(phase: Phase): Transfer[] {
    return [...this.#underWay].filter(transfer => transfer.phase === phase)
  }

  #names(transfers: readonly Transfer[]): string {
    const names = transfers.map(({ input }) => input.name || input.label).join(', ')
    if (this.#inputs.length === 1) return names
    return `${this.#finished}/${this.#inputs.length} files${names === '' ? '' : ', '}${names}`
  }

  #sentBytes(): number {
    return [...this.#underWay].reduce((sum, { sent }) => sum + sent, this.#done)
  }
}
