export { int64Column } from './int64Column'
export { everyRecordHas, scan, scanBroken, scanNext } from './scan'
export { clearTotal, sumFields, totalEights, totalHalves, totalLow, totalOnes } from './sumFields'

/** The first address that nothing is at yet. */
export function heapBase(): usize {
  return __heap_base
}
