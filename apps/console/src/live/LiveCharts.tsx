import { duration, shortCount } from '../format.ts'
import { useStore } from '../store.ts'
import { Chart, type Columns } from './chart.tsx'
import { samples } from './poll.ts'
import { KEPT_SECONDS } from './samples.ts'

const MINUTES = [-KEPT_SECONDS / 60, 0] as const

function ago(minutes: number[]): string[] {
  return minutes.map(value => (value === 0 ? 'now' : `−${-value} min`))
}

/** Rows a second and latency over the last minutes. */
export function LiveCharts() {
  const seen = useStore(samples)
  const latest = seen.at(-1)
  // In minutes before now, so that the picture moves and its marks stay.
  const at = seen.map(sample => (sample.at - (latest?.at ?? 0)) / 60)
  const rows: Columns = [at, seen.map(sample => sample.rowsPerSecond)]
  const latency: Columns = [
    at,
    seen.map(sample => sample.slow / 1000),
    seen.map(sample => sample.middle / 1000),
  ]
  return (
    <section class="live" aria-label="The last minutes">
      <figure class="card">
        <figcaption>
          Rows a second <b>{latest ? shortCount(Math.round(latest.rowsPerSecond)) : '–'}</b>
        </figcaption>
        <Chart
          label="Rows uploaded in a second, over the last five minutes"
          data={rows}
          series={[{ label: 'rows a second', color: '--accent' }]}
          height={120}
          range={MINUTES}
          steps={[1, 5]}
          formatX={ago}
          format={shortCount}
        />
      </figure>
      <figure class="card">
        <figcaption>
          Latency <b>{latest ? duration(latest.middle / 1000) : '–'}</b>
        </figcaption>
        <Chart
          label="How long calls took, over the last five minutes: the middle and the slowest of a hundred"
          data={latency}
          series={[
            { label: 'slowest of a hundred', color: '--amber' },
            { label: 'middle', color: '--accent' },
          ]}
          height={120}
          range={MINUTES}
          steps={[1, 5]}
          formatX={ago}
          format={duration}
        />
      </figure>
    </section>
  )
}
