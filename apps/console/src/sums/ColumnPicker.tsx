import { useState } from 'preact/hooks'
import type { ColumnDescription } from '../api/client.ts'
import { kindOf } from '../table/drift.ts'

/** More columns than this are found by their name. */
const SHOWN = 200

interface ColumnPickerProps {
  columns: readonly ColumnDescription[]
  picked: readonly string[]
  onPick(name: string): void
}

/** Columns to choose from, those of numbers first. */
export function ColumnPicker({ columns, picked, onPick }: ColumnPickerProps) {
  const [wanted, setWanted] = useState('')
  const shown = columns
    .filter(({ name }) => name.toLowerCase().includes(wanted.toLowerCase()))
    .toSorted((a, b) => Number(kindOf(b) === 'numbers') - Number(kindOf(a) === 'numbers'))
  return (
    <fieldset class="picker">
      <legend>Columns</legend>
      {columns.length > 20 && (
        <input
          type="search"
          aria-label="Find a column"
          placeholder="Find a column"
          value={wanted}
          onInput={event => setWanted(event.currentTarget.value)}
        />
      )}
      {columns.length === 0 && <p class="hint">The table has no columns yet.</p>}
      <div class="chips">
        {shown.slice(0, SHOWN).map(({ name, types }) => (
          <label key={name} class={picked.includes(name) ? 'chip picked' : 'chip'}>
            <input type="checkbox" checked={picked.includes(name)} onChange={() => onPick(name)} />
            {name}
            <small>{types.map(({ type }) => type).join(', ')}</small>
          </label>
        ))}
      </div>
    </fieldset>
  )
}
