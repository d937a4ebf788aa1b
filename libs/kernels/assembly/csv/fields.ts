// The fields of a column, as `scan` left them in `ends` for every column: `at` is the address of a field's entry.
import { CR, LF } from './bytes'
import { loneCr, sawCr } from './scan'

/** From one field of a column to the next. */
// @ts-expect-error: a decorator
@inline
export function stepOf(columns: u32): usize {
  return (<usize>columns) << 2
}

/** Whether a CR may stand between the column's fields and their separators. */
// @ts-expect-error: a decorator
@inline
export function endsLines(column: u32, columns: u32): bool {
  return column == columns - 1 && sawCr
}

/** `first`: of the first column, whose fields may have blank lines in front. */
// @ts-expect-error: a decorator
@inline
export function fieldStart(at: usize, first: bool): usize {
  const start = <usize>load<u32>(at - 4) + 1
  return first && load<u8>(start) <= CR ? skipBlankLines(start) : start
}

/** `crlf`: as `endsLines` says. */
// @ts-expect-error: a decorator
@inline
export function fieldEnd(at: usize, crlf: bool): usize {
  const separator = <usize>load<u32>(at)
  if (!crlf) return separator
  const cr = separator - 1
  return separator - <usize>(load<u8>(cr) == CR && cr != loneCr)
}

/** Where the first line begins, at or behind `start`, that is not blank. */
export function skipBlankLines(start: usize): usize {
  let at = start
  while (load<u8>(at) == LF || (load<u8>(at) == CR && load<u8>(at + 1) == LF && at != loneCr)) at++
  return at
}
