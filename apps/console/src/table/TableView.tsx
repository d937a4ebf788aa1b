import { useState } from 'preact/hooks'
import type { ColumnDescription, Table } from '../api/client.ts'
import { bytes, count, plural } from '../format.ts'
import { LiveCharts } from '../live/LiveCharts.tsx'
import { table, trouble } from '../live/poll.ts'
import { useStore } from '../store.ts'
import { chooseFiles } from '../upload/drop.ts'
import { Distribution } from './Distribution.tsx'
import { driftOf } from './drift.ts'

/** The whole table at a glance. */
export function TableView() {
  const now = useStore(table)
  const wrong = useStore(trouble)
  if (!now)
    return (
      <p class="hint">{wrong === undefined ? 'Asking the server…' : 'What is in the table is not known.'}</p>
    )
  return (
    <>
      <dl class="tiles">
        <Tile label="Uploads" value={count(now.uploads)} />
        <Tile label="Rows" value={count(now.rows)} />
        <Tile label="As CSV" value={bytes(now.csv_bytes)} />
        <Tile label="As Parquet" value={bytes(now.parquet_bytes)} />
      </dl>
      {now.uploads === 0 && <Empty />}
      <LiveCharts />
      {now.uploads > 0 && <Columns table={now} />}
    </>
  )
}

function Tile({ label, value }: { label: string; value: string }) {
  return (
    <div class="card tile">
      <dt>{label}</dt>
      <dd>{value}</dd>
    </div>
  )
}

function Empty() {
  return (
    <section class="card empty">
      <h2>The table is empty</h2>
      <p>Drop CSV files anywhere on this page, or</p>
      <p>
        <button type="button" class="primary" onClick={() => chooseFiles()}>
          Choose files
        </button>
      </p>
      <pre>{`curl -T file.csv "${location.origin}/uploads/$(uuidgen)"`}</pre>
    </section>
  )
}

function Columns({ table: { columns, more_columns: more, uploads } }: { table: Table }) {
  const [wanted, setWanted] = useState('')
  const [open, setOpen] = useState<string>()
  const shown = columns.filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
  return (
    <section aria-labelledby="columns">
      <div class="bar">
        <h2 id="columns">{plural(columns.length + more, 'column')}</h2>
        <input
          type="search"
          placeholder="Find a column"
          aria-label="Find a column"
          value={wanted}
          onInput={event => setWanted(event.currentTarget.value)}
        />
      </div>
      <div class="card scroll">
        <table class="columns">
          <thead>
            <tr>
              <th scope="col">Column</th>
              <th scope="col">Type</th>
              <th scope="col" class="number">
                In uploads
              </th>
              <th scope="col" class="number">
                Nulls
              </th>
              <th scope="col" class="number">
                Least
              </th>
              <th scope="col" class="number">
                Greatest
              </th>
            </tr>
          </thead>
          <tbody>
            {shown.map(column => (
              <Row
                key={column.name}
                column={column}
                columns={columns}
                uploads={uploads}
                isOpen={open === column.name}
                onToggle={() => setOpen(open === column.name ? undefined : column.name)}
              />
            ))}
          </tbody>
        </table>
        {shown.length === 0 && <p class="hint padded">No column has a name like this.</p>}
      </div>
      {more > 0 && <p class="hint">{plural(more, 'more column')} or more are not shown.</p>}
    </section>
  )
}

interface RowProps {
  column: ColumnDescription
  columns: readonly ColumnDescription[]
  uploads: number
  isOpen: boolean
  onToggle(): void
}

function Row({ column, columns, uploads, isOpen, onToggle }: RowProps) {
  const { name, types, rows, nulls, min, max } = column
  return (
    <>
      <tr class={isOpen ? 'open' : ''}>
        <th scope="row">
          <button type="button" class="disclosure" aria-expanded={isOpen} onClick={onToggle}>
            {name}
          </button>
        </th>
        <td>
          {types.map(({ type, uploads }) => (
            <span key={type} class={`type ${type}`}>
              {type}
              {types.length > 1 && ` in ${count(uploads)}`}
            </span>
          ))}
          {types.length > 1 && <span class="drift">types differ</span>}
        </td>
        <td class="number">
          {column.uploads < uploads ? (
            <span class="drift">
              {count(column.uploads)} of {count(uploads)}
            </span>
          ) : (
            'all'
          )}
        </td>
        <td class="number">
          {nulls === 0 ? '0' : count(nulls)}
          {nulls > 0 && <small>{((100 * nulls) / rows).toFixed(nulls / rows < 0.1 ? 1 : 0)} %</small>}
        </td>
        <td class="number bound">{min}</td>
        <td class="number bound">{max}</td>
      </tr>
      {isOpen && (
        <tr class="detail">
          <td colSpan={6}>
            {driftOf(column, uploads).map(text => (
              <p key={text} class="drift">
                {text}
              </p>
            ))}
            <Distribution column={column} columns={columns} />
          </td>
        </tr>
      )}
    </>
  )
}
