import type { ColumnPlaces, ColumnType } from '@table/storage'

/** Returns the places whose type is wanted. */
export function placesWhere(places: ColumnPlaces, isWanted: (type: ColumnType) => boolean): ColumnPlaces {
  const kept = Array.from(places.schemas.keys()).filter(place => isWanted(typeAt(places, place)))
  const pick = (numbers: Uint32Array) => Uint32Array.from(kept, place => numbers[place] ?? 0)
  const otherTypes: ColumnPlaces['otherTypes'] = new Map()
  kept.forEach((place, i) => {
    const type = places.otherTypes.get(place)
    if (type !== undefined) otherTypes.set(i, type)
  })
  return {
    schemas: pick(places.schemas),
    positions: pick(places.positions),
    columns: pick(places.columns),
    otherTypes,
  }
}

export function typeAt({ otherTypes }: ColumnPlaces, place: number): ColumnType {
  return otherTypes.get(place) ?? 'int64'
}
