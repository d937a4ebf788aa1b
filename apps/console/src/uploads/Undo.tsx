import { useEffect, useState } from 'preact/hooks'
import { useStore } from '../store.ts'
import { deletions } from './pendingDeletions.ts'

/** Deletions that can still be undone, on every view. */
export function Undo() {
  const waiting = useStore(deletions.waiting)
  const [now, setNow] = useState(Date.now())
  const runs = waiting.length > 0
  useEffect(() => {
    if (!runs) return
    setNow(Date.now())
    const timer = setInterval(() => setNow(Date.now()), 500)
    return () => clearInterval(timer)
  }, [runs])
  if (!runs) return null
  return (
    <section class="toasts" aria-label="Deletions">
      <ul>
        {waiting.map(({ id, name, at, error }) => (
          <li key={id} class={error === undefined ? '' : 'failed'}>
            <span>
              {error ?? (
                <>
                  Deleting <b>{name}</b>
                </>
              )}
            </span>
            <button type="button" onClick={() => deletions.undo(id)}>
              {error === undefined ? `Undo (${Math.max(0, Math.ceil((at - now) / 1000))} s)` : 'Close'}
              <span class="unseen"> the deletion of {name}</span>
            </button>
          </li>
        ))}
      </ul>
    </section>
  )
}
