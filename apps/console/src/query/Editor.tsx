import { useRef } from 'preact/hooks'
import { tokensOf } from './highlight.ts'

interface EditorProps {
  sql: string
  onChange(sql: string): void
  onRun(): void
}

/** A text area with its text in colour behind it. */
export function Editor({ sql, onChange, onRun }: EditorProps) {
  const behind = useRef<HTMLPreElement>(null)
  return (
    <div class="editor">
      <pre ref={behind} aria-hidden="true">
        {tokensOf(sql).map(({ kind, text }, index) => (
          <span key={index} class={kind}>
            {text}
          </span>
        ))}
        {'\n'}
      </pre>
      <textarea
        aria-label="SQL"
        aria-describedby="keys"
        spellcheck={false}
        autocapitalize="off"
        value={sql}
        rows={Math.min(16, Math.max(5, sql.split('\n').length + 1))}
        onInput={event => onChange(event.currentTarget.value)}
        onScroll={event => {
          if (!behind.current) return
          behind.current.scrollTop = event.currentTarget.scrollTop
          behind.current.scrollLeft = event.currentTarget.scrollLeft
        }}
        onKeyDown={event => {
          if (event.key !== 'Enter' || !(event.ctrlKey || event.metaKey)) return
          event.preventDefault()
          onRun()
        }}
      />
    </div>
  )
}
