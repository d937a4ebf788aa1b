import { columnTypes, type TypeCount, typeCounts } from '../catalogue/census.ts'
import type { ColumnPlaces } from '../catalogue/schemas.ts'
import type { ListedUploads } from '../catalogue/uploadList.ts'
import type { Format } from '../paths.ts'
import type { ColumnType } from '../schema.ts'
import { placesBySchema } from '../sum/places.ts'
import { addPieces, PLAN_PIECES, workersFor } from '../sum/plan.ts'
import { PieceWriter, type SharedPieces } from '../sum/sharedPieces.ts'

/** A column of an upload that a question asks for. */
export interface WantedColumn {
  /** The place of the column in the question. */
  asked: number
  /** The position of the column in the upload. */
  index: number
  type: ColumnType
}

/** Where the uploads of one schema have the columns. */
export interface Layout {
  columns: number
  wanted: readonly WantedColumn[]
}

/** Pieces for statistics of several columns. The `columnIndex` of a piece is the place of its layout. Plain data: it crosses threads. */
export interface StatsPlan extends SharedPieces {
  format: Format
  layouts: readonly Layout[]
  /** How many columns the question has. */
  asked: number
  /** How many workers are worth a message. */
  workers: number
}

/** Plans the statistics of columns, `places` of each: plans to be followed one after the other. */
export function* planStats(
  uploads: ListedUploads,
  places: readonly ColumnPlaces[],
  format: Format,
  workers: number,
): Generator<StatsPlan> {
  const layoutOf = layoutsBySchema(places)
  let open = new OpenPlan(format, places.length)
  for (const upload of uploads) {
    const layout = layoutOf(upload.schema)
    if (!layout) continue
    const columnIndex = open.placeOf(upload.schema, layout)
    open.bytes += addPieces(upload, { columnIndex, columns: layout.columns }, format, open.pieces)
    if (open.pieces.count < PLAN_PIECES) continue
    yield open.close(workers)
    open = new OpenPlan(format, places.length)
  }
  if (open.pieces.count > 0) yield open.close(workers)
}

/** Returns in how many uploads a column has which type. */
export function countTypes(uploads: ListedUploads, places: ColumnPlaces): TypeCount[] {
  const placeOf = placesBySchema(places)
  const counts = new Uint32Array(columnTypes.length)
  for (const { schema } of uploads) {
    const place = placeOf(schema)
    if (place >= 0) counts[columnTypes.indexOf(places.otherTypes.get(place) ?? 'int64')]++
  }
  return typeCounts(counts)
}

/** Finds the layout of a schema; undefined if it has none of the columns. Uploads of one schema mostly follow each other. */
function layoutsBySchema(places: readonly ColumnPlaces[]): (schema: number) => Layout | undefined {
  const finders = places.map(placesBySchema)
  let last = -1
  let layout: Layout | undefined
  return schema => {
    if (schema === last) return layout
    last = schema
    const wanted: WantedColumn[] = []
    let columns = 0
    finders.forEach((placeOf, asked) => {
      const place = placeOf(schema)
      if (place < 0) return
      const { positions, columns: counts, otherTypes } = places[asked] as ColumnPlaces
      wanted.push({ asked, index: positions[place], type: otherTypes.get(place) ?? 'int64' })
      columns = counts[place]
    })
    layout = wanted.length > 0 ? { columns, wanted } : undefined
    return layout
  }
}

/** A plan that still gets pieces. */
class OpenPlan {
  readonly pieces = new PieceWriter()
  bytes = 0
  readonly #format: Format
  readonly #asked: number
  readonly #layouts: Layout[] = []
  readonly #places = new Map<number, number>()

  constructor(format: Format, asked: number) {
    this.#format = format
    this.#asked = asked
  }

  placeOf(schema: number, layout: Layout): number {
    const known = this.#places.get(schema)
    if (known !== undefined) return known
    this.#places.set(schema, this.#layouts.length)
    return this.#layouts.push(layout) - 1
  }

  close(workers: number): StatsPlan {
    return {
      format: this.#format,
      asked: this.#asked,
      layouts: this.#layouts,
      pieces: this.pieces.written,
      taken: new Int32Array(new SharedArrayBuffer(Int32Array.BYTES_PER_ELEMENT)),
      workers: workersFor(this.bytes, workers),
    }
  }
}
