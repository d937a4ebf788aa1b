import { useMemo, useState } from 'preact/hooks'
import type { QueryResult } from '../api/client.ts'
import { mark } from '../format.ts'
import { Chart } from '../live/chart.tsx'
import { isNumeric, marksOf, pointsOf } from './points.ts'

/** In seconds: what people divide time by. */
const TIME_STEPS = [1, 5, 15, 30]
  .flatMap(step => [step, 60 * step])
  .concat([1, 2, 6, 12, 24, 168, 720, 8766].map(hours => 3600 * hours))

/** One column over another. */
export function ResultChart({ result }: { result: QueryResult }) {
  const { columns } = result
  const numeric = useMemo(
    () => columns.flatMap((_, index) => (isNumeric(result, index) ? [index] : [])),
    [result],
  )
  const [x, setX] = useState(0)
  const [y, setY] = useState(numeric.find(index => index !== 0) ?? numeric[0] ?? 0)
  const [isLine, setLine] = useState(true)
  const points = useMemo(() => pointsOf(result, x, y), [result, x, y])
  if (numeric.length === 0) return <p class="hint">No column of this result has numbers.</p>
  const label = `${columns[y]?.name} over ${columns[x]?.name}`
  return (
    <figure class="card">
      <figcaption class="fields">
        <label>
          Across
          <select value={x} onChange={event => setX(Number(event.currentTarget.value))}>
            {columns.map(({ name }, index) => (
              <option key={index} value={index}>
                {name}
              </option>
            ))}
          </select>
        </label>
        <label>
          Up
          <select value={y} onChange={event => setY(Number(event.currentTarget.value))}>
            {numeric.map(index => (
              <option key={index} value={index}>
                {columns[index]?.name}
              </option>
            ))}
          </select>
        </label>
        <label class="check">
          <input type="checkbox" checked={isLine} onChange={event => setLine(event.currentTarget.checked)} />
          Line
        </label>
      </figcaption>
      <Chart
        key={`${x} ${y} ${points.kind} ${isLine}`}
        label={label}
        data={[points.x, points.y]}
        series={[{ label, color: '--accent', points: !isLine || points.x.length < 60, line: isLine }]}
        height={260}
        fromZero={false}
        format={mark}
        {...(points.kind === 'times' && { steps: TIME_STEPS })}
        formatX={marks => marksOf(points, marks)}
      />
    </figure>
  )
}
