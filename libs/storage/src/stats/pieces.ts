import { type Cancellation, throwIfCancelled } from '../cancellation.ts'
import { storedFile } from '../paths.ts'
import { readingUpload } from '../sum/pieces.ts'
import { type Piece, takePieces } from '../sum/sharedPieces.ts'
import { csvStats } from './csv.ts'
import { parquetStats } from './parquet.ts'
import { type ColumnPartial, emptyPartial, mergeColumns } from './partial.ts'
import type { Layout, StatsPlan } from './plan.ts'

/**
 * Returns a partial for each column of the question, of the pieces that no other worker has taken. Throws StorageError as
 * `sumPieces` does.
 */
export function statsOfPieces(
  dataDir: string,
  plan: StatsPlan,
  cancellation?: Cancellation,
): ColumnPartial[] {
  const partials = Array.from({ length: plan.asked }, emptyPartial)
  for (const piece of takePieces(plan)) {
    throwIfCancelled(cancellation)
    const layout = plan.layouts[piece.columnIndex] as Layout
    const found = readingUpload(piece.id, plan.format, () =>
      statsOfPiece(dataDir, plan, layout, piece, cancellation),
    )
    layout.wanted.forEach(({ asked }, i) => {
      partials[asked] = mergeColumns(partials[asked] as ColumnPartial, found[i] as ColumnPartial)
    })
  }
  return partials
}

function statsOfPiece(
  dataDir: string,
  { format }: StatsPlan,
  layout: Layout,
  { id, columnIndex, columns, ...part }: Piece,
  cancellation: Cancellation | undefined,
): ColumnPartial[] {
  const path = storedFile(dataDir, id, format)
  return format === 'csv'
    ? csvStats(path, layout, part, cancellation)
    : parquetStats(path, layout, part, cancellation)
}
