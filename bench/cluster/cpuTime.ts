import { readFileSync } from 'node:fs'

/** Linux counts CPU time in hundredths of a second. */
const TICK = 10

/** Returns the CPU time in ms that a process has used, with all processes that it has started. */
export function cpuTime(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  // utime, stime, and both of the children that have ended.
  const ticks = fields.slice(11, 15).reduce((sum, field) => sum + Number(field), 0)
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').split(' ').filter(Boolean)
  return children.reduce((sum, child) => sum + cpuTime(Number(child)), ticks * TICK)
}
