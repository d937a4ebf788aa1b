import { FieldType, readColumn } from './readColumn'

/** One byte: 1 for true, 0 for false. The text is in lower case, in upper case or capitalised. */
@final
class BooleanType extends FieldType {
  // @ts-expect-error: a decorator
  @inline
  width(): usize {
    return 1
  }

  // @ts-expect-error: a decorator
  @inline
  read(start: usize, end: usize, out: usize): bool {
    // Read without branches, because the value is hard to predict.
    const isTrue = end - start == 4
    const isFalse = (end - start == 5) & (load<u8>(start, 4) == (load<u8>(start, 3) ^ S_TO_E))
    const letters = load<u32>(start) ^ (isTrue ? TRUE : FALS)
    store<u8>(out, <u8>isTrue)
    return (isTrue | isFalse) & ((letters == 0) | (letters == LOWER_CASE) | (letters == CAPITALISED))
  }
}

/** The letters in upper case, with the first one in the lowest byte. */
const TRUE: u32 = 0x45555254
const FALS: u32 = 0x534c4146
const S_TO_E: u8 = 0x53 ^ 0x45
const LOWER_CASE: u32 = 0x20202020
const CAPITALISED: u32 = 0x20202000

export function booleanColumn(
  ends: usize,
  records: u32,
  columns: u32,
  column: u32,
  values: usize,
  levels: usize,
): i32 {
  return readColumn<BooleanType>(ends, records, columns, column, values, levels)
}
