// Preloaded into a process: at its exit, appends the peak of its resident memory in kB to the file PEAK_FILE.
import { appendFileSync, readFileSync } from 'node:fs'

process.on('exit', () => {
  const [, kilobytes] = /VmHWM:\s*(\d+) kB/.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  if (process.env.PEAK_FILE) appendFileSync(process.env.PEAK_FILE, `${kilobytes}\n`)
})
