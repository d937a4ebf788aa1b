import { CR, LF } from './bytes'
import { LFS } from './masks'

/** A line feed follows a CR. */
export const BEFORE_LF: u32 = 1
/** Another byte follows a CR, or none. */
export const ALONE: u32 = 2

/** Returns what is true of any CR in [from, to). Reads nothing else. */
export function surveyCarriageReturns(from: usize, to: usize): u32 {
  const lf = v128.load(LFS)
  const cr = i8x16.splat(CR)
  let paired = i8x16.splat(0)
  let alone = i8x16.splat(0)
  let at = from
  for (; at + 17 <= to; at += 16) {
    const returns = i8x16.eq(v128.load(at), cr)
    const feeds = i8x16.eq(v128.load(at, 1), lf)
    paired = v128.or(paired, v128.and(returns, feeds))
    alone = v128.or(alone, v128.andnot(returns, feeds))
  }
  let found: u32 = v128.any_true(paired) ? BEFORE_LF : 0
  if (v128.any_true(alone)) found |= ALONE
  for (; at < to; at++)
    if (load<u8>(at) == CR) found |= at + 1 < to && load<u8>(at, 1) == LF ? BEFORE_LF : ALONE
  return found
}
