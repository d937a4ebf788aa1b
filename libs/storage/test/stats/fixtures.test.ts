// Statistics of files that earlier releases wrote.
import { expect, test } from 'vitest'
import { listUploads } from '../../src/catalogue/database.ts'
import { findColumn } from '../../src/catalogue/schemas.ts'
import { formats } from '../../src/paths.ts'
import type { Column } from '../../src/schema.ts'
import { shownBounds, shownStats } from '../../src/stats/answer.ts'
import { readFooters, type UploadsExtent } from '../../src/stats/footers.ts'
import { type ColumnPartial, emptyPartial, mergeColumns } from '../../src/stats/partial.ts'
import { statsOfPieces } from '../../src/stats/pieces.ts'
import { countTypes, planStats } from '../../src/stats/plan.ts'
import { UploadRuns } from '../../src/stats/runs.ts'
import { opened } from '../support/directories.ts'
import { fixtures, readFacts, unpackFixture } from '../support/fixture.ts'

test.each(fixtures)('both formats and the footers have the same statistics (%s)', async fixture => {
  const dataDir = unpackFixture(fixture)
  const store = opened(dataDir, () => {})
  const { uploads } = await store.catalogue.snapshot()
  const columns = listUploads(dataDir).flatMap(upload => upload.columns as Column[])
  const names = [...new Set(columns.map(({ name }) => name))]
  const places = names.map(name => findColumn(dataDir, name))
  const [csv, parquet] = formats.map(format =>
    [...planStats(uploads, places, format, 1)]
      .map(plan => statsOfPieces(dataDir, plan))
      .reduce<ColumnPartial[]>(
        (sums, found) => sums.map((sum, i) => mergeColumns(sum, found[i] as ColumnPartial)),
        names.map(emptyPartial),
      ),
  ) as [ColumnPartial[], ColumnPartial[]]
  const read = async (task: Parameters<typeof readFooters>[1]): Promise<UploadsExtent> =>
    readFooters(dataDir, task)
  const described = await new UploadRuns().extentOf(uploads, undefined, 1, read)
  expect(described.rows).toBe(readFacts().uploads.reduce((sum, { rows }) => sum + rows, 0))
  names.forEach((name, i) => {
    const types = countTypes(uploads, places[i] as (typeof places)[0]).map(({ type }) => type)
    const stats = shownStats(types, csv[i] as ColumnPartial)
    expect(shownStats(types, parquet[i] as ColumnPartial), name).toEqual(stats)
    const sum = readFacts().sums[name]
    if (sum !== undefined && stats.sum !== '') expect(Number(stats.sum), name).toBe(Number(sum))
    const extent = described.columns.get(name)
    expect(extent, name).toMatchObject({ rows: stats.rows, nulls: stats.nulls })
    if (extent && !types.includes('text'))
      expect(shownBounds(types, extent), name).toEqual({ min: stats.min, max: stats.max })
  })
})
