import { useState } from 'preact/hooks'
import { bytes, plural } from '../format.ts'
import { useStore } from '../store.ts'
import { chooseFiles } from './drop.ts'
import { QueueItem } from './QueueItem.tsx'
import type { State } from './queue.ts'
import { queue } from './uploads.ts'

/** More items than this would make the page slow. */
const SHOWN = 200

export function UploadView() {
  const items = useStore(queue.items)
  const [all, setAll] = useState(false)
  const of = (...states: State[]) => items.filter(({ state }) => states.includes(state))
  const ready = of('ready')
  const underWay = of('waiting', 'preparing', 'sending', 'storing')
  const over = of('stored', 'failed', 'cancelled')
  const shown = all ? items : items.slice(0, SHOWN)
  return (
    <>
      <section class="card dropzone" aria-label="Choose files">
        <p>
          <b>Drop CSV files or folders anywhere on the page</b>
        </p>
        <p>
          <button type="button" onClick={() => chooseFiles()}>
            Choose files
          </button>{' '}
          <button type="button" onClick={() => chooseFiles(true)}>
            Choose a folder
          </button>
        </p>
        <p class="hint">
          Packed by gzip or not. Semicolons, tabs, other encodings and decimal commas are translated here,
          before anything is sent.
        </p>
      </section>
      {items.length > 0 && (
        <section aria-labelledby="queue">
          <div class="bar">
            <h2 id="queue">
              {plural(items.length, 'file')}
              <small>
                {bytes(items.reduce((sum, { bytes }) => sum + bytes, 0))}
                {underWay.length > 0 && `, ${underWay.length} under way`}
              </small>
            </h2>
            {over.length > 0 && (
              <button type="button" onClick={() => queue.clear()}>
                Clear what is done
              </button>
            )}
            {ready.length > 0 && (
              <button type="button" class="primary" onClick={() => queue.start()}>
                Upload {plural(ready.length, 'file')}
              </button>
            )}
          </div>
          <ul class="queue">
            {shown.map((item, index) => (
              <QueueItem key={item.id} item={item} state={item.state} sent={item.sent} opens={index === 0} />
            ))}
          </ul>
          {items.length > shown.length && (
            <button type="button" onClick={() => setAll(true)}>
              Show {plural(items.length - shown.length, 'more file')}
            </button>
          )}
        </section>
      )}
    </>
  )
}
