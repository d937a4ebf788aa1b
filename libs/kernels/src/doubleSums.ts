/** The kernels that add up doubles exactly, in an accumulator: `ACCUMULATOR_BYTES` at an address `sum` that is a multiple of 8. */
export interface DoubleSums {
  clearDoubles(sum: number): void
  /** Where the total of the finite ones is: `DOUBLES_TOTAL_BYTES`, a two's complement in units of 2^-1074, the lowest byte first. */
  doublesTotal(sum: number): number
  doubleNaNs(sum: number): number
  doubleInfinities(sum: number): number
  doubleNegativeInfinities(sum: number): number

  /** As `sumFields` and `sumFirstFields`: they return 0 if a field is no double. */
  sumDoubleFields(sum: number, at: number, all: number, step: number, columns: number, column: number): number
  sumFirstDoubleFields(sum: number, at: number, all: number): number
  /** As `sumValues`: 0 if they are damaged, -1 for an encoding that it does not have. */
  sumDoubleValues(
    sum: number,
    encoding: number,
    from: number,
    to: number,
    values: number,
    hasDictionary: boolean,
  ): number
}

export const ACCUMULATOR_BYTES = 65_856
export const DOUBLES_TOTAL_BYTES = 36 * 8
