/** The kernels that encode the values of a column. `assembly/` says what each of them needs and overwrites. */
export interface Encoders {
  surveyInt64(values: number, count: number, plan: number): void
  surveyInt32(values: number, count: number, plan: number): void
  surveyLeast(): bigint
  surveyGreatest(): bigint
  surveyChanges(): number
  surveyDeltaBytes(): number

  surveyDoubles(values: number, count: number): void
  surveyLeastDouble(): number
  surveyGreatestDouble(): number
  surveyDoubleChanges(): number

  textBounds(from: number, to: number): void
  leastText(): number
  greatestText(): number

  dictionary64: FillDictionary
  dictionary32: FillDictionary
  sampleRepeats64(values: number, count: number, table: number, scratch: number): number
  sampleRepeats32(values: number, count: number, table: number, scratch: number): number
  textDictionary(
    from: number,
    to: number,
    limit: number,
    limitBytes: number,
    table: number,
    entries: number,
    indices: number,
  ): number
  textDictionaryBytes(): number

  deltaInt64(values: number, count: number, plan: number, out: number): number
  deltaInt32(values: number, count: number, plan: number, out: number): number
  encodeIndices(indices: number, count: number, width: number, out: number): number
  encodeZeros(count: number, out: number): number
  encodeLevels(levels: number, rows: number, count: number, scratch: number, out: number): number
  packBits(bytes: number, count: number, out: number): void
}

/** Numbers the distinct values. Returns how many there are, or 0 if there are more than `limit`. */
type FillDictionary = (
  values: number,
  count: number,
  limit: number,
  table: number,
  entries: number,
  indices: number,
) => number
