import { useEffect, useState } from 'preact/hooks'
import { fieldSpan, type Line, linesAround } from './lines.ts'
import { contentOf, isGzip } from './prepare.ts'
import type { Item } from './queue.ts'

interface ExcerptProps {
  item: Item
  line: number
  column: number | undefined
}

/** The lines that the server refused, with those around. */
export function Excerpt({ item, line, column }: ExcerptProps) {
  const [lines, setLines] = useState<Line[]>([])
  useEffect(() => {
    let gone = false
    const read = async () => {
      // The line is one of what was sent, which is a translation if the file is in another dialect.
      const sent = item.body?.blob ?? item.file
      const found = await linesAround(contentOf(sent, await isGzip(sent)), line)
      if (!gone) setLines(found)
    }
    read().catch(() => {}) // The file is gone, and the error says enough.
    return () => {
      gone = true
    }
  }, [item.error])
  if (lines.length === 0) return null
  return (
    <section class="excerpt" tabIndex={0} aria-label={`Lines around line ${line}`}>
      <pre>
        {lines.map(({ number, text, isWrong }) => (
          <span key={number} class={isWrong ? 'wrong' : ''}>
            <span class="gutter">{number}</span>
            {isWrong && column !== undefined ? <Marked text={text} column={column} /> : text || ' '}
            {'\n'}
          </span>
        ))}
      </pre>
    </section>
  )
}

function Marked({ text, column }: { text: string; column: number }) {
  const span = fieldSpan(text, column)
  if (!span || span.start === span.end) return <>{text}</>
  return (
    <>
      {text.slice(0, span.start)}
      <mark>{text.slice(span.start, span.end)}</mark>
      {text.slice(span.end)}
    </>
  )
}
