import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findUpload, insertUpload } from '../../src/catalogue/database.ts'
import { insertCopy } from '../../src/maintenance/insertCopy.ts'
import { filesDirectory, incomingDirectory, incomingFile, storedFile } from '../../src/paths.ts'
import { emptyCatalogue, incomingNames, noChecksums, operationsOf, uploadOf } from '../support/directories.ts'

test('the files of a copy have their names on the disk before the upload is there', () => {
  const dataDir = emptyCatalogue()
  mkdirSync(incomingDirectory(dataDir))
  for (const format of ['csv', 'parquet'] as const) writeFileSync(incomingFile(dataDir, 7, format), format)
  const operations = operationsOf(() => insertCopy(dataDir, uploadOf(7), noChecksums))
  expect(operations.slice(0, 4)).toEqual([
    'rename 00000007.csv',
    'rename 00000007.parquet',
    'sync files',
    'insert catalogue.db',
  ])
  expect(findUpload(dataDir, 7)).toEqual(uploadOf(7))
  expect(readFileSync(storedFile(dataDir, 7, 'parquet'), 'utf8')).toBe('parquet')
  expect(incomingNames(dataDir)).toEqual([])
})

test('nothing is left of a copy whose upload id another upload has', () => {
  const dataDir = emptyCatalogue()
  for (const folder of [incomingDirectory(dataDir), filesDirectory(dataDir)])
    mkdirSync(folder, { recursive: true })
  const particulars = { ...noChecksums, uploadId: new Uint8Array(16) }
  insertUpload(dataDir, uploadOf(3), particulars)
  for (const format of ['csv', 'parquet'] as const) writeFileSync(incomingFile(dataDir, 7, format), format)
  expect(() => insertCopy(dataDir, uploadOf(7), particulars)).toThrow(
    `another upload in ${dataDir} has the upload id of upload 7`,
  )
  expect(findUpload(dataDir, 7)).toBeUndefined()
  expect([...readdirSync(filesDirectory(dataDir)), ...incomingNames(dataDir)]).toEqual([])
})
