import type { ColumnPlaces } from '../catalogue/schemas.ts'

/** Finds the place of a schema, -1 if the column is not in it. Uploads of one schema mostly come one after the other. */
export function placesBySchema({ schemas }: ColumnPlaces): (schema: number) => number {
  let last = -1
  let lastPlace = -1
  return schema => {
    if (schema === last) return lastPlace
    last = schema
    let from = 0
    let to = schemas.length
    while (from < to) {
      const middle = (from + to) >> 1
      if (schemas[middle] < schema) from = middle + 1
      else to = middle
    }
    lastPlace = schemas[from] === schema ? from : -1
    return lastPlace
  }
}
