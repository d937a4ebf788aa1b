import type { Dialect } from '@table/dialect'
import type { Preview } from '@table/dialect/preview'
import { useEffect, useState } from 'preact/hooks'
import { messageOf } from '../api/problem.ts'
import { DialectForm } from './DialectForm.tsx'
import { firstBlock, isPlain, previewOf } from './prepare.ts'
import type { Item } from './queue.ts'
import { guessType } from './types.ts'
import { chooseDialect, dialectOf } from './uploads.ts'

/** The first rows of a file as the server will see them, and how the file is read. */
export function FilePreview({ item }: { item: Item }) {
  const [dialect, setDialect] = useState<Dialect>()
  const [shown, setShown] = useState<Preview>()
  const [trouble, setTrouble] = useState<string>()

  useEffect(() => {
    dialectOf(item.file).then(setDialect, error => setTrouble(messageOf(error)))
  }, [item])
  useEffect(() => {
    if (!dialect) return
    firstBlock(item.file)
      .then(block => previewOf(block, dialect))
      .then(setShown, error => setTrouble(messageOf(error)))
  }, [item, dialect])

  if (trouble !== undefined) return <p class="error">{trouble}</p>
  if (!dialect || !shown) return <p class="hint">Reading…</p>
  const change = (next: Dialect) => {
    chooseDialect(item, next)
    setDialect(next)
  }
  return (
    <div class="preview">
      <details open={!isPlain(dialect)}>
        <summary>{isPlain(dialect) ? 'Sent as it is' : 'Translated before it is sent'}</summary>
        <DialectForm dialect={dialect} onChange={change} />
      </details>
      <Rows preview={shown} />
    </div>
  )
}

function Rows({ preview: { names, rows } }: { preview: Preview }) {
  return (
    <section class="scroll" tabIndex={0} aria-label="First rows">
      <table class="data">
        <thead>
          <tr>
            {names.map((name, column) => (
              <th key={column} scope="col">
                {name}
                <small>{guessType(rows.map(row => row[column] ?? null))}</small>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.slice(0, 5).map((row, index) => (
            <tr key={index}>
              {row.map((value, column) => (
                <td key={column} class={value === null ? 'null' : ''}>
                  {value ?? '∅'}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
