import { useMemo, useState } from 'preact/hooks'
import type { QueryResult, Value } from '../api/client.ts'
import { visibleRows, widthOf } from './visible.ts'

const ROW = 30
const HEIGHT = 480

export function shown(value: Value | undefined): string {
  return value === null || value === undefined ? '∅' : String(value)
}

const NUMBERS = /^(?:u?int|double|float|decimal)/i

/** A table that has only the rows that are seen, however many there are. */
export function Results({ result: { columns, rows } }: { result: QueryResult }) {
  const [scrolled, setScrolled] = useState(0)
  const widths = useMemo(
    () =>
      columns.map(({ name }, i) =>
        widthOf(
          name,
          rows.slice(0, 200).map(row => shown(row[i])),
        ),
      ),
    [columns, rows],
  )
  const { first, end } = visibleRows(scrolled, HEIGHT, ROW, rows.length)
  return (
    <section
      class="card scroll results"
      tabIndex={0}
      aria-label="Result"
      onScroll={event => setScrolled(event.currentTarget.scrollTop)}
    >
      <table
        class="data"
        aria-rowcount={rows.length + 1}
        style={{ width: `${widths.reduce((a, b) => a + b, 0)}ch` }}
      >
        <colgroup>
          {widths.map((width, index) => (
            <col key={index} style={{ width: `${width}ch` }} />
          ))}
        </colgroup>
        <thead>
          <tr aria-rowindex={1}>
            {columns.map(({ name, type }, index) => (
              <th key={index} scope="col" class={NUMBERS.test(type) ? 'number' : ''}>
                {name}
                <small>{type}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {first > 0 && <tr aria-hidden="true" style={{ height: `${first * ROW}px` }} />}
          {rows.slice(first, end).map((row, index) => (
            <tr key={first + index} aria-rowindex={first + index + 2}>
              {row.map((value, column) => (
                <td
                  key={column}
                  class={`${value === null ? 'null ' : ''}${NUMBERS.test(columns[column]?.type ?? '') ? 'number' : ''}`}
                  title={String(value ?? '').length > 40 ? String(value) : undefined}
                >
                  {shown(value)}
                </td>
              ))}
            </tr>
          ))}
          {end < rows.length && (
            <tr aria-hidden="true" style={{ height: `${(rows.length - end) * ROW}px` }} />
          )}
        </tbody>
      </table>
    </section>
  )
}
