import fc from 'fast-check'
import { expect, test } from 'vitest'
import { change } from '../../src/catalogue/connection.ts'
import { insertUpload, listUploads } from '../../src/catalogue/database.ts'
import { eachListed } from '../../src/catalogue/listedRows.ts'
import { listedUpload } from '../../src/catalogue/uploadList.ts'
import { emptyCatalogue, noChecksums, thrown, uploadOf } from '../support/directories.ts'

test('the list has the numbers of every row, whatever they are', () => {
  const dataDir = emptyCatalogue()
  const number = fc.nat({ max: Number.MAX_SAFE_INTEGER })
  const upload = fc.record(
    {
      receivedAt: fc
        .date({ noInvalidDate: true, min: new Date(0), max: new Date('9999-12-31') })
        .map(date => date.toISOString()),
      rows: fc.nat(),
      csvBytes: number,
      parquetBytes: number,
      footerBytes: fc.nat(),
      footerCrc: fc.integer(),
      rowGroups: fc.nat(),
      csvCuts: fc.array(number, { maxLength: 3 }),
      name: fc.string({ minLength: 1, unit: 'binary' }),
    },
    { requiredKeys: [] },
  )
  // More than a window of rows, and gaps between the ids.
  const [uploads] = fc.sample(fc.array(upload, { minLength: 300, maxLength: 300, size: 'max' }), 1)
  uploads.forEach((values, i) => {
    insertUpload(dataDir, uploadOf(1 + 7 * i, values), noChecksums)
  })
  expect([...eachListed(dataDir)]).toEqual(listUploads(dataDir).map(listedUpload))
})

test('damaged rows are named, however many there are', () => {
  const dataDir = emptyCatalogue()
  for (let id = 1; id <= 9; id++) insertUpload(dataDir, uploadOf(id), noChecksums)
  change(dataDir, 0, ({ database }) => {
    database.exec("UPDATE uploads SET received_at = ';,;' WHERE id = 2")
    database.exec('UPDATE uploads SET csv_bytes = csv_bytes + 1 WHERE id > 2')
  })
  expect(thrown(() => [...eachListed(dataDir)])).toMatchObject({
    code: 'damaged',
    message: expect.stringContaining('the row of upload 2, '),
  })
})
