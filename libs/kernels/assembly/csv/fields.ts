// The fields of a column after a `scan` of every column. `at` is the address of a field's entry in `ends`.
import { CR, LF } from './bytes'
import { loneCr, sawCr } from './scan'

/** Returns the distance from one field of a column to the next. */
// @ts-expect-error: a decorator
@inline
export function stepOf(columns: u32): usize {
  return (<usize>columns) << 2
}

/** Returns whether there may be a CR between the column's fields and their separators. */
// @ts-expect-error: a decorator
@inline
export function endsLines(column: u32, columns: u32): bool {
  return column == columns - 1 && sawCr
}

/**
 * Returns where a field starts. `first`: whether the column is the first one, whose fields may have blank
 * lines before them.
 */
// @ts-expect-error: a decorator
@inline
export function fieldStart(at: usize, first: bool): usize {
  const start = <usize>load<u32>(at - 4) + 1
  return first && load<u8>(start) <= CR ? skipBlankLines(start) : start
}

/** Returns where a field ends. `crlf`: the result of `endsLines`. */
// @ts-expect-error: a decorator
@inline
export function fieldEnd(at: usize, crlf: bool): usize {
  const separator = <usize>load<u32>(at)
  if (!crlf) return separator
  const cr = separator - 1
  return separator - <usize>(load<u8>(cr) == CR && cr != loneCr)
}

/** Returns where the first line begins, at or after `start`, that is not blank. */
export function skipBlankLines(start: usize): usize {
  let at = start
  while (load<u8>(at) == LF || (load<u8>(at) == CR && load<u8>(at + 1) == LF && at != loneCr)) at++
  return at
}
