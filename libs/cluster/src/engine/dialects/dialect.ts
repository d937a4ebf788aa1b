/** What engines that speak Spark Connect do differently. */
export interface Dialect {
  name: string
  /** The first version that the table was tested with, as major and minor number. */
  since: readonly [number, number]
  /** The options of reading CSV as the table does, for files of at most so many columns. */
  csvOptions(columns: number, multiLine: boolean): Record<string, string>
  /** SQL expressions whose values add up to the exact sum of the int64 column `v`, each times its weight. */
  sum: readonly { expression: string; weight: bigint }[]
}
