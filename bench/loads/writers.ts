import { courseLoad } from './course.ts'
import { exportsLoad } from './exports.ts'
import { largeLoad } from './large.ts'
import type { Load } from './load.ts'
import { randomInt64Load } from './randomInt64.ts'
import { smallLoad } from './small.ts'
import { wideLoad } from './wide.ts'

export interface Size {
  /** The batches of the course's load. */
  batches: number
  /** The scale of the other loads. 1 is their full size. */
  scale: number
}

/** The functions that write the loads into a new directory. The loads are measured in this order. */
export const writers: Readonly<Record<string, (directory: string, size: Size) => Load>> = {
  course: (directory, { batches }) => courseLoad(directory, batches),
  random: (directory, { scale }) => randomInt64Load(directory, scale),
  wide: (directory, { scale }) => wideLoad(directory, scale),
  exports: (directory, { scale }) => exportsLoad(directory, scale),
  large: (directory, { scale }) => largeLoad(directory, scale),
  small: (directory, { scale }) => smallLoad(directory, scale),
}
