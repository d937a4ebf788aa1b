import { useState } from 'preact/hooks'
import { bytes, duration, plural } from '../format.ts'
import { Excerpt } from './Excerpt.tsx'
import { FilePreview } from './FilePreview.tsx'
import type { Item, State } from './queue.ts'
import { queue } from './uploads.ts'

interface QueueItemProps {
  item: Item
  /** These change while the item stays the same object. */
  state: State
  sent: number
  /** Whether the preview is open at first. */
  opens: boolean
}

const words: Record<State, string> = {
  ready: 'ready',
  waiting: 'waiting',
  preparing: 'preparing',
  sending: 'sending',
  storing: 'storing',
  stored: 'stored',
  failed: 'not stored',
  cancelled: 'cancelled',
}

export function QueueItem({ item, opens }: QueueItemProps) {
  const [isOpen, setOpen] = useState(opens)
  const { state, name, stored, error } = item
  const canStop = state === 'waiting' || state === 'preparing' || state === 'sending' || state === 'storing'
  return (
    <li class={`card item ${state}`}>
      <div class="head">
        <span class={`state ${state}`}>{words[state]}</span>
        <b class="name">{name}</b>
        <span class="hint">{sizeOf(item)}</span>
        <span class="actions">
          {(state === 'ready' || state === 'failed') && (
            <button type="button" aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
              Preview<span class="unseen"> of {name}</span>
            </button>
          )}
          {canStop && (
            <button type="button" onClick={() => queue.cancel(item)}>
              Cancel<span class="unseen"> {name}</span>
            </button>
          )}
          {(state === 'failed' || state === 'cancelled') && (
            <button type="button" onClick={() => queue.retry(item)}>
              Try again<span class="unseen">: {name}</span>
            </button>
          )}
          {!canStop && (
            <button
              type="button"
              class="quiet"
              aria-label={`Take ${name} off the list`}
              onClick={() => queue.clear(item)}
            >
              ✕
            </button>
          )}
        </span>
      </div>
      {(state === 'sending' || state === 'storing') && <Progress item={item} />}
      {stored?.warnings.map(warning => (
        <p key={warning} class="warning">
          {warning}
        </p>
      ))}
      {error && (
        <>
          <p class="error">{error.message}</p>
          {error.line !== undefined && <Excerpt item={item} line={error.line} column={error.column} />}
        </>
      )}
      {(state === 'ready' || state === 'failed') && isOpen && <FilePreview item={item} />}
    </li>
  )
}

function sizeOf({ state, stored, bytes: size }: Item): string {
  if (state === 'stored' && stored) return `upload ${stored.id}, ${plural(stored.rows, 'row')}`
  return bytes(size)
}

function Progress({ item: { name, state, sent, bytes: size, pace, tries } }: { item: Item }) {
  const left = pace.left(size - sent)
  return (
    <div class="progress">
      <progress value={sent} max={Math.max(size, 1)} aria-label={`Progress of ${name}`} />
      <span>
        {state === 'storing'
          ? 'all bytes are sent, the server stores them'
          : `${bytes(sent)} of ${bytes(size)}${pace.rate > 0 ? `, ${bytes(pace.rate)}/s, ${duration(left)} left` : ''}`}
        {tries > 0 && `, try ${tries + 1}`}
      </span>
    </div>
  )
}
