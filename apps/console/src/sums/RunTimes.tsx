import { milliseconds } from '../format.ts'
import { Chart } from '../live/chart.tsx'
import { type Run, sideBySide } from './measure.ts'

/** How long each run took, with CSV and with Parquet side by side. */
export function RunTimes({ runs }: { runs: readonly Run[] }) {
  const data = sideBySide(runs)
  const least = (times: (number | null)[]) => Math.min(...times.filter(time => time !== null))
  const [csv, parquet] = [least(data[1]), least(data[2])]
  const ratio = csv / parquet
  return (
    <figure class="card">
      <figcaption>
        Time of each run <span class="key csv">CSV</span> <span class="key parquet">Parquet</span>
        {Number.isFinite(ratio) && ratio > 0 && (
          <b>
            {ratio >= 1
              ? `Parquet is ${ratio.toFixed(1)} times as fast`
              : `CSV is ${(1 / ratio).toFixed(1)} times as fast`}
          </b>
        )}
      </figcaption>
      <Chart
        label={`Time of each run. The fastest took ${[csv, parquet].map((ms, i) => (Number.isFinite(ms) ? `${milliseconds(ms)} with ${i === 0 ? 'CSV' : 'Parquet'}` : '')).join(' ')}`}
        data={data}
        series={[
          { label: 'CSV', color: '--amber', points: true },
          { label: 'Parquet', color: '--accent', points: true },
        ]}
        height={180}
        format={milliseconds}
        formatX={runs => runs.map(String)}
        steps={[1, 2, 5, 10, 20, 50, 100]}
      />
    </figure>
  )
}
