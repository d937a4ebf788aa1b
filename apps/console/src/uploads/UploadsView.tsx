import { useEffect, useRef, useState } from 'preact/hooks'
import { announce } from '../announce.ts'
import type { Upload } from '../api/client.ts'
import { messageOf } from '../api/problem.ts'
import { saveFile } from '../api/save.ts'
import { bytes, count, plural, time } from '../format.ts'
import { table } from '../live/poll.ts'
import { useStore } from '../store.ts'
import { fileNameOf } from './fileName.ts'
import { type Filter, type Listing, nextUploads, PAGE } from './listing.ts'
import { deleted, deletions } from './pendingDeletions.ts'

const NOTHING: Listing = { found: [], cursor: '', seen: 0 }

export function UploadsView() {
  const [filter, setFilter] = useState<Filter>({ name: '', from: '', before: '' })
  const [listing, setListing] = useState<Listing>(NOTHING)
  const [isBusy, setBusy] = useState(true)
  const [trouble, setTrouble] = useState<string>()
  const known = useStore(table)?.uploads
  const shown = useRef<Filter>(undefined)

  const load = (before: Listing, signal: AbortSignal) => {
    setBusy(true)
    return nextUploads(filter, before.cursor ?? '', signal).then(
      next => {
        setListing({ ...next, found: [...before.found, ...next.found], seen: before.seen + next.seen })
        setTrouble(undefined)
        setBusy(false)
      },
      error => {
        if (signal.aborted) return
        setTrouble(messageOf(error))
        setBusy(false)
      },
    )
  }
  useEffect(() => {
    // Whoever has gone on to further pages keeps them when there are new uploads.
    if (shown.current === filter && listing.seen > PAGE) return
    shown.current = filter
    const controller = new AbortController()
    // Whoever types has not finished yet.
    const timer = setTimeout(() => load(NOTHING, controller.signal), filter.name === '' ? 0 : 200)
    return () => {
      clearTimeout(timer)
      controller.abort()
    }
  }, [filter, known])

  const field = (name: keyof Filter) => ({
    value: filter[name],
    onInput: (event: { currentTarget: HTMLInputElement }) =>
      setFilter({ ...filter, [name]: event.currentTarget.value }),
  })
  return (
    <section aria-labelledby="uploads">
      <div class="bar">
        <h2 id="uploads">{plural(known ?? 0, 'upload')}</h2>
        <div class="fields filters">
          <label>
            Name
            <input type="search" {...field('name')} />
          </label>
          <label>
            Received from (UTC)
            <input type="datetime-local" {...field('from')} />
          </label>
          <label>
            Received before (UTC)
            <input type="datetime-local" {...field('before')} />
          </label>
        </div>
      </div>
      {trouble !== undefined && <p class="error">{trouble}</p>}
      <List uploads={listing.found} />
      <p class="hint" role="status">
        {isBusy ? 'Asking the server…' : statusOf(listing, filter)}
      </p>
      {!isBusy && listing.cursor !== null && (
        <button type="button" onClick={() => void load(listing, new AbortController().signal)}>
          Show more
        </button>
      )}
    </section>
  )
}

function statusOf({ found, seen, cursor }: Listing, { name }: Filter): string {
  if (found.length === 0) return 'No upload fits.'
  const shown = `${plural(found.length, 'upload')} shown${cursor === null ? '' : ', there are more'}`
  return name === '' ? shown : `${shown}; looked through ${count(seen)}`
}

function List({ uploads }: { uploads: readonly Upload[] }) {
  const gone = useStore(deleted)
  const waiting = useStore(deletions.waiting)
  const hidden = new Set([...gone, ...waiting.filter(({ error }) => error === undefined).map(({ id }) => id)])
  const shown = uploads.filter(({ id }) => !hidden.has(id))
  if (shown.length === 0) return null
  return (
    <div class="card scroll">
      <table class="uploads">
        <thead>
          <tr>
            <th scope="col" class="number">
              Upload
            </th>
            <th scope="col">Name</th>
            <th scope="col">Received (UTC)</th>
            <th scope="col" class="number">
              Rows
            </th>
            <th scope="col" class="number wide">
              Columns
            </th>
            <th scope="col">Download</th>
            <th scope="col">
              <span class="unseen">Delete</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {shown.map(upload => (
            <Row key={upload.id} upload={upload} />
          ))}
        </tbody>
      </table>
    </div>
  )
}

function Row({ upload }: { upload: Upload }) {
  const { id, name, received_at, rows, columns, csv_bytes, parquet_bytes } = upload
  const shown = name ?? `upload ${id}`
  const save = (format: string) =>
    saveFile(`/uploads/${id}.${format}`, fileNameOf(upload, format)).catch(error =>
      announce(messageOf(error)),
    )
  return (
    <tr>
      <td class="number">{id}</td>
      <th scope="row" class="name">
        {name ?? <span class="hint">no name</span>}
      </th>
      <td class="time">{time(received_at)}</td>
      <td class="number">{count(rows)}</td>
      <td class="number wide" title={columns.map(({ name, type }) => `${name}: ${type}`).join('\n')}>
        {count(columns.length)}
      </td>
      <td class="actions">
        <button type="button" class="link" onClick={() => save('csv')}>
          CSV<span class="unseen"> of {shown}</span> <small>{bytes(csv_bytes)}</small>
        </button>
        <button type="button" class="link" onClick={() => save('parquet')}>
          Parquet<span class="unseen"> of {shown}</span> <small>{bytes(parquet_bytes)}</small>
        </button>
      </td>
      <td class="actions">
        <button
          type="button"
          class="link danger"
          onClick={() => {
            deletions.ask(id, shown)
            announce(`${shown} will be deleted in six seconds`)
          }}
        >
          Delete<span class="unseen"> {shown}</span>
        </button>
      </td>
    </tr>
  )
}
