// Shows where a CSV sum spends its time: node bench/profile.ts. Runs one thread on the course's load and
// prints ns per byte of CSV.
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memory } from '../libs/storage/src/kernelMemory.ts'
import { sumCsvColumn } from '../libs/storage/src/sum/csv.ts'
import { courseLoad } from './loads/course.ts'

const ROUNDS = 15
const kernels = { scan: 'scan', sumFields: 'add', sumFirstFields: 'add' } as const
const spent = { scan: 0, add: 0 }

/** Returns the kernels with a timer around each. */
function timed(): typeof memory.kernels {
  const copy = { ...memory.kernels }
  for (const name of Object.keys(kernels) as (keyof typeof kernels)[]) {
    const kernel = memory.kernels[name] as (...args: unknown[]) => unknown
    Object.assign(copy, {
      [name]: (...args: unknown[]) => {
        const start = performance.now()
        const result = kernel(...args)
        spent[kernels[name]] += performance.now() - start
        return result
      },
    })
  }
  return copy
}

Object.assign(memory, { kernels: timed() })
const directory = mkdtempSync(join(tmpdir(), 'table-profile-'))
try {
  const { files, bytes } = courseLoad(join(directory, 'course'), 20)
  console.log('| column | all | scan | add | read and the rest |\n| --- | --: | --: | --: | --: |')
  for (const [column, name] of ['x', 'y', 'z'].entries()) {
    const rounds = Array.from({ length: ROUNDS }, () => {
      Object.assign(spent, { scan: 0, add: 0 })
      const start = performance.now()
      for (const file of files) sumCsvColumn(file, column, 3)
      return { all: performance.now() - start, ...spent }
    })
    const best = rounds.reduce((a, b) => (a.all < b.all ? a : b))
    const rest = best.all - best.scan - best.add
    const cells = [best.all, best.scan, best.add, rest].map(ms => ((ms * 1e6) / bytes).toFixed(2))
    console.log(`| ${name} | ${cells.join(' | ')} |`)
  }
} finally {
  rmSync(directory, { recursive: true })
}
