import { useRef, useState } from 'preact/hooks'
import { announce } from '../announce.ts'
import type { Format } from '../api/client.ts'
import { messageOf } from '../api/problem.ts'
import { digits, milliseconds, plural } from '../format.ts'
import { table } from '../live/poll.ts'
import { useStore } from '../store.ts'
import { ColumnPicker } from './ColumnPicker.tsx'
import { type Answer, formats, measure, merged, names, type Run } from './measure.ts'
import { RunTimes } from './RunTimes.tsx'

const RUNS = [1, 3, 5, 10]

export function SumsView() {
  const columns = useStore(table)?.columns ?? []
  const [picked, setPicked] = useState<readonly string[]>([])
  const [wanted, setWanted] = useState<readonly Format[]>(formats)
  const [times, setTimes] = useState(3)
  const [runs, setRuns] = useState<readonly Run[]>([])
  const [answers, setAnswers] = useState<readonly Answer[]>([])
  const [trouble, setTrouble] = useState<string>()
  const [isBusy, setBusy] = useState(false)
  const controller = useRef<AbortController>(undefined)

  const pick = (name: string) => {
    setPicked(picked.includes(name) ? picked.filter(other => other !== name) : [...picked, name])
    // Times of other columns are no runs of the same question.
    setRuns([])
  }
  const ask = async () => {
    controller.current = new AbortController()
    const { signal } = controller.current
    setBusy(true)
    setTrouble(undefined)
    let found: readonly Answer[] = answers.filter(({ column }) => picked.includes(column))
    try {
      for (let i = 0; i < times; i++)
        for (const format of wanted) {
          const { run, answers } = await measure(
            columns.filter(({ name }) => picked.includes(name)),
            format,
            signal,
          )
          found = merged(found, answers)
          setAnswers(found)
          setRuns(before => [...before, run])
        }
      announce(found.map(({ column, total, error }) => `${column}: ${total ?? error}`).join('; '))
    } catch (error) {
      if (!signal.aborted) setTrouble(messageOf(error))
    } finally {
      setBusy(false)
    }
  }

  return (
    <>
      <form
        class="card form"
        aria-label="Sums"
        onSubmit={event => {
          event.preventDefault()
          void ask()
        }}
      >
        <ColumnPicker columns={columns} picked={picked} onPick={pick} />
        <div class="fields">
          <fieldset>
            <legend>Read</legend>
            {formats.map(format => (
              <label key={format} class="check">
                <input
                  type="checkbox"
                  checked={wanted.includes(format)}
                  onChange={() =>
                    setWanted(formats.filter(other => (other === format) !== wanted.includes(other)))
                  }
                />
                {names[format]}
              </label>
            ))}
          </fieldset>
          <label>
            Runs
            <select value={times} onChange={event => setTimes(Number(event.currentTarget.value))}>
              {RUNS.map(number => (
                <option key={number}>{number}</option>
              ))}
            </select>
          </label>
          <button
            type="submit"
            class="primary"
            disabled={isBusy || picked.length === 0 || wanted.length === 0}
          >
            Sum {plural(picked.length, 'column')}
          </button>
          {isBusy && (
            <button type="button" onClick={() => controller.current?.abort()}>
              Stop
            </button>
          )}
        </div>
      </form>
      {trouble !== undefined && <p class="error">{trouble}</p>}
      <Totals answers={answers.filter(({ column }) => picked.includes(column))} />
      {runs.length > 0 && <RunTimes runs={runs} />}
    </>
  )
}

function Totals({ answers }: { answers: readonly Answer[] }) {
  if (answers.length === 0) return null
  const columns = [...new Set(answers.map(({ column }) => column))]
  return (
    <div class="card scroll">
      <table class="totals">
        <thead>
          <tr>
            <th scope="col">Column</th>
            {formats.map(format => (
              <th key={format} scope="col" class="number">
                {names[format]}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {columns.map(column => (
            <tr key={column}>
              <th scope="row">{column}</th>
              {formats.map(format => (
                <Total
                  key={format}
                  answer={answers.find(answer => answer.column === column && answer.format === format)}
                />
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Total({ answer }: { answer: Answer | undefined }) {
  if (!answer) return <td class="number hint">–</td>
  const { total, error, took, isRounded } = answer
  if (total === undefined) return <td class="error">{error}</td>
  return (
    <td class="number total">
      <span title={total}>{digits(total)}</span>
      <small>
        {isRounded && 'rounded once, '}
        {milliseconds(took)}
      </small>
    </td>
  )
}
