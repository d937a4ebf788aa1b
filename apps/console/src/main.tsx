import './styles/base.css'
import './styles/shell.css'
import './styles/parts.css'
import './styles/views.css'
import { render } from 'preact'
import { App } from './App.tsx'
import { startPolling } from './live/poll.ts'
import { followTheme } from './theme.ts'
import { takeDrops } from './upload/drop.ts'

followTheme()
takeDrops()
startPolling()
render(<App />, document.getElementById('app') as HTMLElement)
