import { type PageHeader, pageHeaderOf } from '@table/kernels'
import { engine } from '../engine.ts'

// Numbers of parquet.thrift.
export const DATA_PAGE = 0
export const DICTIONARY_PAGE = 2
export const DATA_PAGE_V2 = 3

/** Reads the header at an address of the engine's memory. Throws RangeError if it does not end before `end` or makes no sense. */
export function readPageHeader(start: number, end: number): PageHeader {
  const { kernels, pageHeader: numbers } = engine
  const headerBytes = kernels.readPageHeader(start, end)
  if (headerBytes === 0) throw new RangeError('a page header is damaged')
  return pageHeaderOf(headerBytes, numbers)
}
