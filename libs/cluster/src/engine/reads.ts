import type { EngineGroup, EngineQuestion } from './engine.ts'

/** The most files, and the most reads, of one plan: an engine takes longer for a plan with more than for two plans. */
const FILES = 10_000
const READS = 64

/** Files that an engine can read together. The place of the column and the line breaks matter to CSV alone. */
export interface Read {
  urls: string[]
  /** How many columns the files have. */
  columns: number
  columnIndex: number
  multiLine: boolean
}

/** Divides the files of a question among reads, and the reads among plans, whose answers add up. */
export function* plansOf({ format, groups }: EngineQuestion): Generator<Read[]> {
  const reads = format === 'csv' ? csvReads(groups) : parquetReads(groups)
  let plan: Read[] = []
  let files = 0
  for (const { urls, ...rest } of reads) {
    for (let from = 0; from < urls.length; from += FILES) {
      const part = urls.slice(from, from + FILES)
      if (plan.length === READS || files + part.length > FILES) {
        yield plan
        plan = []
        files = 0
      }
      plan.push({ ...rest, urls: part })
      files += part.length
    }
  }
  if (plan.length > 0) yield plan
}

/** CSV files are read together if the column stands at the same place. */
function csvReads(groups: readonly EngineGroup[]): Iterable<Read> {
  const reads = new Map<string, Read>()
  for (const group of groups) {
    const shape = `${group.columns.length} ${group.columnIndex} ${group.multiLine}`
    reads.set(shape, joined(reads.get(shape), group))
  }
  return reads.values()
}

/** Parquet files are read together unless a name has two types among them: Sail wants one schema for all columns of all files. */
function parquetReads(groups: readonly EngineGroup[]): Iterable<Read> {
  const reads: { read: Read; types: Map<string, string> }[] = []
  for (const group of groups) {
    const fits = ({ types }: { types: Map<string, string> }) =>
      group.columns.every(({ name, type }) => (types.get(name) ?? type) === type)
    let found = reads.find(fits)
    if (found) joined(found.read, group)
    else {
      found = { read: joined(undefined, group), types: new Map() }
      reads.push(found)
    }
    for (const { name, type } of group.columns) found.types.set(name, type)
  }
  return reads.map(({ read }) => read)
}

/** Adds a group to a read, or begins a read with it. */
function joined(read: Read | undefined, { urls, columns, columnIndex, multiLine }: EngineGroup): Read {
  const target = read ?? { urls: [], columns: columns.length, columnIndex, multiLine }
  for (const url of urls) target.urls.push(url)
  return target
}
