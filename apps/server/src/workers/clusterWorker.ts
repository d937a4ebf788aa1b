// The tasks of the workers of a server in a cluster.
import { workerData } from 'node:worker_threads'
import { type Tasks, tasks } from '@table/cluster/worker'
import { setStorageLimits } from '@table/storage/worker'
import { type Outcome, outcome } from './outcome.ts'

type Task<Name extends keyof Tasks> = (task: Tasks[Name]['task']) => Outcome<Tasks[Name]['value']>

if (workerData) setStorageLimits(workerData.limits)

function taskOf<Name extends keyof Tasks>(name: Name): Task<Name> {
  return task => outcome(() => tasks[name](task))
}

export const nothing = (): Outcome<undefined> => ({ value: undefined })
export const convert = taskOf('convert')
export const convertArriving = taskOf('convertArriving')
export const hasSameBytes = taskOf('hasSameBytes')
export const misfitAt = taskOf('misfitAt')
export const chunkRanges = taskOf('chunkRanges')
export const sum = taskOf('sum')
export const stats = taskOf('stats')
