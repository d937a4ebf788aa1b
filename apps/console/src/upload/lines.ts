/** The most characters of a line that are shown. */
const SHOWN = 240
const LINE_FEED = 10

export interface Line {
  number: number
  text: string
  isWrong: boolean
}

/** Returns the lines of a file around a line, which has a number from 1 on. Reads the file up to there, a part at a time. */
export async function linesAround(
  chunks: AsyncIterable<Uint8Array>,
  wrong: number,
  around = 2,
): Promise<Line[]> {
  const [first, last] = [Math.max(1, wrong - around), wrong + around]
  const decoder = new TextDecoder()
  const lines: Line[] = []
  let number = 1
  let text = ''
  const finish = () => {
    text += decoder.decode()
    if (number >= first)
      lines.push({ number, text: text.replace(/\r$/, '').slice(0, SHOWN), isWrong: number === wrong })
    text = ''
    number++
  }
  for await (const chunk of chunks) {
    let from = 0
    while (from < chunk.length && number <= last) {
      const end = chunk.indexOf(LINE_FEED, from)
      const part = chunk.subarray(from, end < 0 ? chunk.length : end)
      // A line may be as long as the file, so its text is not kept beyond what is shown.
      if (number >= first && text.length < SHOWN)
        text += decoder.decode(part.subarray(0, 4 * SHOWN), { stream: true })
      if (end < 0) break
      finish()
      from = end + 1
    }
    if (number > last) return lines
  }
  if (text !== '') finish()
  return lines
}

export interface Span {
  start: number
  end: number
}

/** Returns where the field of a column, from 1 on, is in a line that begins a record. */
export function fieldSpan(line: string, column: number): Span | undefined {
  let start = 0
  for (let at = 1; ; at++) {
    const end = endOfField(line, start)
    if (at === column) return { start, end }
    if (end >= line.length) return undefined
    start = end + 1
  }
}

function endOfField(line: string, start: number): number {
  let isQuoted = false
  for (let i = start; i < line.length; i++) {
    if (line[i] === '"') isQuoted = !isQuoted
    else if (line[i] === ',' && !isQuoted) return i
  }
  return line.length
}
