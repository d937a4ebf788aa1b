import { useEffect, useRef } from 'preact/hooks'
import type uPlot from 'uplot'
import { theme } from '../theme.ts'

export type Columns = uPlot.AlignedData

interface ChartProps {
  /** What the chart shows, in words, for those who do not see it. */
  label: string
  data: Columns
  series: { label: string; color: string; points?: boolean; line?: boolean }[]
  height: number
  format(value: number): string
  /** Gets all marks of the axis, because their distance decides what they say. */
  formatX(values: number[]): string[]
  /** What x is from and to, if not from the first to the last value. */
  range?: readonly [number, number]
  /** Whether the chart begins at 0, unless there is something below. */
  fromZero?: boolean
  /** The distances that marks of x may have. */
  steps?: readonly number[]
}

/** Draws a chart, once the library that draws is loaded. */
export function Chart({
  label,
  data,
  series,
  height,
  format,
  formatX,
  range,
  steps,
  fromZero = true,
}: ChartProps) {
  const place = useRef<HTMLDivElement>(null)
  const plot = useRef<uPlot>(undefined)
  const latest = useRef(data)
  latest.current = data
  const shape = series.map(({ label }) => label).join('\0')

  useEffect(() => {
    const element = place.current
    if (!element) return
    let gone = false
    const draw = async () => {
      const { default: UPlot } = await import('./uplot.ts')
      if (gone) return
      plot.current?.destroy()
      const colour = (name: string) => getComputedStyle(element).getPropertyValue(name).trim()
      const resolved = (name: string) => resolve(element, name)
      const axis = {
        stroke: resolved('--muted'),
        grid: { stroke: resolved('--line'), width: 1 },
        ticks: { show: false },
      }
      plot.current = new UPlot(
        {
          width: element.clientWidth,
          height,
          legend: { show: false },
          cursor: { points: { size: 7 }, drag: { x: false, y: false } },
          scales: {
            x: { time: false, ...(range && { range: [...range] }) },
            y: { range: (_plot, low, high) => rangeOf(low, high, fromZero) },
          },
          axes: [
            {
              ...axis,
              font: colour('--chart-font'),
              size: 30,
              values: (_plot, splits) => formatX(splits),
              ...(steps && { incrs: [...steps] }),
            },
            {
              ...axis,
              font: colour('--chart-font'),
              size: 56,
              values: (_plot, splits) => splits.map(format),
            },
          ],
          series: [
            {},
            ...series.map(({ label, color, points = false, line = true }) => ({
              label,
              stroke: resolved(color),
              width: line ? 2 : 0,
              points: { show: points, size: 6, fill: resolved(color) },
              ...(!points && { fill: `${resolved(color)}1f` }),
            })),
          ],
        },
        latest.current,
        element,
      )
    }
    void draw()
    const observer = new ResizeObserver(() => plot.current?.setSize({ width: element.clientWidth, height }))
    observer.observe(element)
    const dark = matchMedia('(prefers-color-scheme: dark)')
    const redraw = () => void draw()
    dark.addEventListener('change', redraw)
    const unsubscribe = theme.subscribe(() => requestAnimationFrame(redraw))
    return () => {
      gone = true
      observer.disconnect()
      dark.removeEventListener('change', redraw)
      unsubscribe()
      plot.current?.destroy()
      plot.current = undefined
    }
  }, [shape, height])

  useEffect(() => plot.current?.setData(data), [data])

  return <div ref={place} class="chart" role="img" aria-label={label} />
}

function rangeOf(low: number | null, high: number | null, fromZero: boolean): [number, number] {
  if (!fromZero && low !== null && high !== null && low < high) {
    const margin = (high - low) * 0.08
    return [low - margin, high + margin]
  }
  const top = Math.max(high ?? 0, 0)
  const bottom = Math.min(low ?? 0, 0)
  return [bottom, top === bottom ? bottom + 1 : top + (top - bottom) * 0.08]
}

/** Returns a colour of the style sheet as the canvas knows it: `#rrggbb`. */
function resolve(element: HTMLElement, name: string): string {
  const probe = document.createElement('span')
  probe.style.color = `var(${name})`
  element.append(probe)
  const [red = 0, green = 0, blue = 0] = (getComputedStyle(probe).color.match(/[\d.]+/g) ?? []).map(Number)
  probe.remove()
  return `#${[red, green, blue].map(part => Math.round(part).toString(16).padStart(2, '0')).join('')}`
}
