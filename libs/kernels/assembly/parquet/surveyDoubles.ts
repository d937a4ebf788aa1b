// Goes through doubles once and collects what the choice of encoding and the statistics need.

let least: f64 = 0
let greatest: f64 = 0
let changes: u32 = 0

/** Returns the least value. The least value is above the greatest one if all values are NaN. */
export function surveyLeastDouble(): f64 {
  return least
}

export function surveyGreatestDouble(): f64 {
  return greatest
}

/** Returns how many values differ in their bits from the previous value. */
export function surveyDoubleChanges(): u32 {
  return changes
}

/** Surveys `count` > 0 values. NaN counts neither as least nor as greatest; either zero may count. */
export function surveyDoubles(values: usize, count: u32): void {
  const end = values + (<usize>(count - 1) << 3)
  let low = f64x2.splat(Infinity)
  let high = f64x2.splat(-Infinity)
  let same = i64x2.splat(0)
  let at = values
  for (; at + 8 < end; at += 16) {
    const two = v128.load(at)
    low = f64x2.pmin(low, two)
    high = f64x2.pmax(high, two)
    same = i64x2.sub(same, i64x2.eq(two, v128.load(at, 8)))
  }
  changes = count - 1 - <u32>(i64x2.extract_lane(same, 0) + i64x2.extract_lane(same, 1))
  if (at < end) changes -= <u32>(load<u64>(at) == load<u64>(end))
  const lastTwo = f64x2.replace_lane(v128.load64_splat(at), 1, load<f64>(end))
  low = f64x2.pmin(low, lastTwo)
  high = f64x2.pmax(high, lastTwo)
  least = min(f64x2.extract_lane(low, 0), f64x2.extract_lane(low, 1))
  greatest = max(f64x2.extract_lane(high, 0), f64x2.extract_lane(high, 1))
}
