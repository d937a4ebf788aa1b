import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.ts'
import { type QueryResult, query } from '../api/client.ts'
import { offers } from '../api/offers.ts'
import { messageOf } from '../api/problem.ts'
import { saveQuery } from '../api/save.ts'
import { milliseconds, plural } from '../format.ts'
import { createStore, useStore } from '../store.ts'
import { Editor } from './Editor.tsx'
import { forgetHistory, history, remember } from './history.ts'
import { ResultChart } from './ResultChart.tsx'
import { Results } from './Results.tsx'

const PARQUET = 'application/vnd.apache.parquet'

interface Answered {
  sql: string
  result: QueryResult
  took: number
}

/** What was asked for stays when another view is looked at. */
const draft = createStore('SELECT *\nFROM data\nLIMIT 100')
const answered = createStore<Answered | undefined>(undefined)

export function QueryView() {
  const sql = useStore(draft)
  const answer = useStore(answered)
  const [past, setPast] = useState(history)
  const [trouble, setTrouble] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const controller = useRef<AbortController>(undefined)

  const run = async () => {
    controller.current?.abort()
    controller.current = new AbortController()
    const { signal } = controller.current
    setBusy(true)
    setTrouble(undefined)
    // What is shown is always the answer to what was asked last.
    answered.set(undefined)
    setPast(remember(sql))
    const before = performance.now()
    try {
      const result = await query(sql, signal)
      answered.set({ sql, result, took: performance.now() - before })
      announce(plural(result.rows.length, 'row'))
    } catch (error) {
      if (!signal.aborted) setTrouble(messageOf(error))
      else if (controller.current?.signal === signal) setTrouble('The query was stopped.')
    } finally {
      if (controller.current?.signal === signal) setBusy(false)
    }
  }
  return (
    <>
      <section class="card query" aria-label="Query">
        <Editor sql={sql} onChange={draft.set} onRun={() => void run()} />
        <div class="bar">
          <p class="hint" id="keys">
            One SELECT over the views <code>data</code> and <code>uploads</code>. Ctrl+Enter runs it.
          </p>
          <History statements={past} onPick={draft.set} onForget={() => setPast(forgetHistory())} />
          {isBusy && (
            <button type="button" onClick={() => controller.current?.abort()}>
              Stop
            </button>
          )}
          <button type="button" class="primary" onClick={() => void run()}>
            Run
          </button>
        </div>
      </section>
      {isBusy && (
        <p class="hint" role="status">
          Asking the server…
        </p>
      )}
      <div role="alert">{trouble !== undefined && <pre class="error card padded">{trouble}</pre>}</div>
      {answer && <Answer key={answer.sql} answer={answer} />}
    </>
  )
}

function Answer({ answer: { sql, result, took } }: { answer: Answered }) {
  const [chart, setChart] = useState(false)
  const [trouble, setTrouble] = useState<string>()
  const hasParquet = useParquet()
  const save = (type: string, ending: string) =>
    saveQuery(sql, type, `query.${ending}`).catch(error => setTrouble(messageOf(error)))
  return (
    <section aria-labelledby="result">
      <div class="bar">
        <h2 id="result">
          {result.isCut && 'The first '}
          {plural(result.rows.length, 'row')}
          <small>{milliseconds(took)}</small>
        </h2>
        <button type="button" aria-pressed={chart} onClick={() => setChart(!chart)}>
          Chart
        </button>
        <button type="button" onClick={() => save('text/csv', 'csv')}>
          <span class="unseen">Download </span>CSV ↓
        </button>
        {hasParquet && (
          <button type="button" onClick={() => save(PARQUET, 'parquet')}>
            <span class="unseen">Download </span>Parquet ↓
          </button>
        )}
      </div>
      {trouble !== undefined && <p class="error">{trouble}</p>}
      {chart && <ResultChart result={result} />}
      {result.columns.length > 0 && <Results result={result} />}
    </section>
  )
}

/** Whether this server answers queries with Parquet. */
function useParquet(): boolean {
  const [has, setHas] = useState(false)
  useEffect(() => {
    offers('/query', PARQUET)
      .then(setHas)
      .catch(() => {})
  }, [])
  return has
}

interface HistoryProps {
  statements: readonly string[]
  onPick(sql: string): void
  onForget(): void
}

function History({ statements, onPick, onForget }: HistoryProps) {
  if (statements.length === 0) return null
  return (
    <details class="history">
      <summary>History</summary>
      <div class="card menu">
        <ul>
          {statements.map(sql => (
            <li key={sql}>
              <button
                type="button"
                class="quiet"
                onClick={event => {
                  onPick(sql)
                  event.currentTarget.closest('details')?.removeAttribute('open')
                }}
              >
                {sql}
              </button>
            </li>
          ))}
        </ul>
        <button type="button" onClick={onForget}>
          Forget all
        </button>
      </div>
    </details>
  )
}
