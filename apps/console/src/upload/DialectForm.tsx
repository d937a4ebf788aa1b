import { type Dialect, isEncoding } from '@table/dialect'

interface DialectFormProps {
  dialect: Dialect
  onChange(dialect: Dialect): void
}

const delimiters = [
  [',', 'comma'],
  [';', 'semicolon'],
  ['\t', 'tab'],
  ['|', 'bar'],
] as const

/** How a file is read: what `table-cli upload` has options for. */
export function DialectForm({ dialect, onChange }: DialectFormProps) {
  const { comment, columns, ...rest } = dialect
  const withTexts = (texts: { comment?: string; columns?: readonly string[] }): Dialect => {
    const all = { ...(comment !== undefined && { comment }), ...(columns && { columns }), ...texts }
    return {
      ...rest,
      ...(all.comment && { comment: all.comment }),
      ...(all.columns && all.columns.length > 0 && { columns: all.columns }),
    }
  }
  return (
    <div class="fields">
      <label>
        Fields end with
        <select
          value={dialect.delimiter}
          onChange={event => onChange({ ...dialect, delimiter: event.currentTarget.value })}
        >
          {delimiters.map(([text, name]) => (
            <option key={name} value={text}>
              {name}
            </option>
          ))}
        </select>
      </label>
      <label>
        Encoding
        <input
          value={dialect.encoding}
          list="encodings"
          onChange={event => {
            const name = event.currentTarget.value
            event.currentTarget.setCustomValidity(
              isEncoding(name) ? '' : 'No encoding of the web has this name.',
            )
            if (event.currentTarget.reportValidity()) onChange({ ...dialect, encoding: name })
          }}
        />
        <datalist id="encodings">
          {['utf-8', 'utf-16le', 'utf-16be', 'windows-1252', 'iso-8859-15', 'shift_jis'].map(name => (
            <option key={name} value={name} />
          ))}
        </datalist>
      </label>
      <label>
        Null
        <input
          value={dialect.nulls.join(' ')}
          placeholder="NA \N"
          onChange={event =>
            onChange({ ...dialect, nulls: event.currentTarget.value.split(' ').filter(Boolean) })
          }
        />
      </label>
      <label>
        Comments begin with
        <input
          value={comment ?? ''}
          placeholder="#"
          onChange={event => onChange(withTexts({ comment: event.currentTarget.value.trim() }))}
        />
      </label>
      <label>
        Columns of a file without header
        <input
          value={columns?.join(',') ?? ''}
          placeholder="id,name,price"
          onChange={event =>
            onChange(withTexts({ columns: event.currentTarget.value.split(',').filter(Boolean) }))
          }
        />
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={dialect.decimalComma}
          onChange={event => onChange({ ...dialect, decimalComma: event.currentTarget.checked })}
        />
        1,5 is the number 1.5
      </label>
      <label class="check">
        <input
          type="checkbox"
          checked={dialect.crEnds}
          onChange={event => onChange({ ...dialect, crEnds: event.currentTarget.checked })}
        />
        Lines end in CR alone
      </label>
    </div>
  )
}
