import { useEffect } from 'preact/hooks'
import { announcement } from './announce.ts'
import icon from './assets/icon.svg'
import { shortCount } from './format.ts'
import { samples, trouble } from './live/poll.ts'
import { QueryView } from './query/QueryView.tsx'
import { type View, view, views } from './route.ts'
import { useStore } from './store.ts'
import { SumsView } from './sums/SumsView.tsx'
import { TokenDialog } from './TokenDialog.tsx'
import { TableView } from './table/TableView.tsx'
import { nextTheme, theme } from './theme.ts'
import { isOver } from './upload/drop.ts'
import { UploadView } from './upload/UploadView.tsx'
import { queue } from './upload/uploads.ts'
import { Undo } from './uploads/Undo.tsx'
import { UploadsView } from './uploads/UploadsView.tsx'

const titles: Record<View, string> = {
  table: 'Table',
  upload: 'Upload',
  uploads: 'Uploads',
  sums: 'Sums',
  query: 'Query',
}

const shows: Record<View, () => preact.JSX.Element> = {
  table: TableView,
  upload: UploadView,
  uploads: UploadsView,
  sums: SumsView,
  query: QueryView,
}

export function App() {
  const current = useStore(view)
  const dropping = useStore(isOver)
  const wrong = useStore(trouble)
  const Shown = shows[current]
  useEffect(() => {
    document.title = current === 'table' ? 'Table' : `${titles[current]} – Table`
  }, [current])
  return (
    <div class="shell">
      <a
        class="skip"
        href="#main"
        onClick={event => {
          event.preventDefault()
          document.getElementById('main')?.focus()
        }}
      >
        Skip to the content
      </a>
      <header>
        <a class="brand" href="#/table">
          <img src={icon} alt="" width="28" height="28" />
          <span>Table</span>
        </a>
        <Navigation current={current} />
        <Pulse />
        <ThemeButton />
      </header>
      <main id="main" tabIndex={-1}>
        <h1>{titles[current]}</h1>
        {wrong !== undefined && (
          <p class="error banner" role="alert">
            {wrong}
          </p>
        )}
        <Shown />
      </main>
      <Undo />
      <TokenDialog />
      <Announcer />
      {dropping && <div class="drop">Drop to upload</div>}
    </div>
  )
}

function Navigation({ current }: { current: View }) {
  const underWay = useStore(queue.items).filter(
    ({ state }) => state === 'sending' || state === 'waiting',
  ).length
  return (
    <nav aria-label="Views">
      {views.map(name => (
        <a key={name} href={`#/${name}`} aria-current={name === current ? 'page' : undefined}>
          {titles[name]}
          {name === 'upload' && underWay > 0 && <small class="badge">{underWay}</small>}
        </a>
      ))}
    </nav>
  )
}

/** Whether the server answers, and how much comes in. */
function Pulse() {
  const latest = useStore(samples).at(-1)
  const wrong = useStore(trouble)
  const rate = Math.round(latest?.rowsPerSecond ?? 0)
  return (
    <span class={wrong === undefined ? 'pulse' : 'pulse off'} title={location.host}>
      {wrong !== undefined ? 'no answer' : rate > 0 ? `${shortCount(rate)} rows/s` : 'live'}
    </span>
  )
}

function ThemeButton() {
  const now = useStore(theme)
  const signs = { system: '◐', light: '☀', dark: '☾' }
  return (
    <button
      type="button"
      class="quiet theme"
      aria-label={`Colours: ${now}`}
      title={`Colours: ${now}`}
      onClick={nextTheme}
    >
      {signs[now]}
    </button>
  )
}

function Announcer() {
  return (
    <p class="unseen" role="status" aria-live="polite">
      {useStore(announcement)}
    </p>
  )
}
