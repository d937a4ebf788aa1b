import { useEffect, useState } from 'preact/hooks'
import { type ColumnDescription, query } from '../api/client.ts'
import { messageOf } from '../api/problem.ts'
import { count, plural, shortCount } from '../format.ts'
import { type Bar, barsOf, distributionQuery, namesake } from './distribution.ts'
import { kindOf } from './drift.ts'

interface DistributionProps {
  column: ColumnDescription
  columns: readonly ColumnDescription[]
}

/** Asks for the distribution of a column when somebody opens the column, and draws it. */
export function Distribution({ column, columns }: DistributionProps) {
  const [bars, setBars] = useState<Bar[]>()
  const [trouble, setTrouble] = useState<string>()
  const other = namesake(column.name, columns)

  useEffect(() => {
    if (other !== undefined) return
    const controller = new AbortController()
    query(distributionQuery(column), controller.signal).then(
      result => setBars(barsOf(column, result)),
      error => controller.signal.aborted || setTrouble(messageOf(error)),
    )
    return () => controller.abort()
  }, [column.name])

  if (other !== undefined)
    return <p class="hint">No distribution: SQL takes this column and {other} for the same name.</p>
  if (trouble !== undefined) return <p class="error">{trouble}</p>
  if (!bars) return <p class="hint">Counting…</p>
  if (bars.length === 0)
    return <p class="hint">There is no range: all values are the same, or there are none.</p>
  return kindOf(column) === 'values' ? (
    <Values bars={bars} rows={column.rows - column.nulls} />
  ) : (
    <Bins bars={bars} />
  )
}

/** The most frequent values. */
function Values({ bars, rows }: { bars: Bar[]; rows: number }) {
  const most = Math.max(...bars.map(bar => bar.rows))
  const shown = bars.reduce((sum, bar) => sum + bar.rows, 0)
  return (
    <>
      <ul class="values">
        {bars.map(({ label, rows }) => (
          <li key={label}>
            <span class="value">{label === '' ? <i>empty text</i> : label}</span>
            <span class="track" aria-hidden="true">
              <span style={{ width: `${(100 * rows) / most}%` }} />
            </span>
            <span class="number">{count(rows)}</span>
          </li>
        ))}
      </ul>
      {shown < rows && <p class="hint">{plural(rows - shown, 'row')} with other values</p>}
    </>
  )
}

function Bins({ bars }: { bars: Bar[] }) {
  const most = Math.max(...bars.map(bar => bar.rows))
  const [first, last] = [bars[0]?.label.split(' to ')[0], bars.at(-1)?.label.split(' to ')[1]]
  const highest = bars.find(bar => bar.rows === most)
  return (
    <div
      class="bins"
      role="img"
      aria-label={`Distribution from ${first} to ${last}; most rows, ${count(most)}, are from ${highest?.label}`}
    >
      <div class="bars">
        {bars.map(({ label, rows }) => (
          <span key={label} title={`${label}: ${plural(rows, 'row')}`}>
            <span style={{ height: `${(100 * rows) / most}%` }} />
          </span>
        ))}
      </div>
      <div class="edges">
        <span>{first}</span>
        <span>up to {shortCount(most)} rows</span>
        <span>{last}</span>
      </div>
    </div>
  )
}
