// Where a field begins or ends that should be a number, when a scan has left only one bound of it. A separator inside of quotes makes
// the field look shorter, but then it is no number either way: it begins or ends with half of its quotes.
import { COMMA, LF, QUOTE } from '../csv/bytes'

/** Where the field in front of `end` begins, behind 16 times the same `separator`. */
// @ts-expect-error: a decorator
@inline
export function startBefore(end: usize, separator: v128): usize {
  let at = end
  let length = clz(i8x16.bitmask(i8x16.eq(v128.load(at - 16), separator)))
  while (length == 32) {
    at -= 16
    length = clz(i8x16.bitmask(i8x16.eq(v128.load(at - 16), separator)))
  }
  return at - <usize>length + 16
}

/** Where the first field of several ends that begins at `start`; 0 if it is certain to be no number. */
export function firstEnd(start: usize): usize {
  let end = start
  while (load<u8>(end) != COMMA && load<u8>(end) != LF) end++
  const isOpen = load<u8>(start) == QUOTE && (load<u8>(end - 1) != QUOTE || end - start == 1)
  return load<u8>(end) == LF || isOpen ? 0 : end
}
