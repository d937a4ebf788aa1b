import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { findUpload } from '../../src/catalogue/database.ts'
import { hasUpload, insertCopy } from '../../src/maintenance/insertCopy.ts'
import { incomingDirectory, incomingFile, storedFile } from '../../src/paths.ts'
import { emptyCatalogue, incomingNames, noChecksums, operationsOf, uploadOf } from '../support/directories.ts'

test('the files of a copy have their names on the disk before the upload is there', () => {
  const dataDir = emptyCatalogue()
  mkdirSync(incomingDirectory(dataDir))
  for (const format of ['csv', 'parquet'] as const) writeFileSync(incomingFile(dataDir, 7, format), format)
  expect(hasUpload(dataDir, 7)).toBe(false)
  const operations = operationsOf(() => insertCopy(dataDir, uploadOf(7), noChecksums))
  expect(operations.slice(0, 4)).toEqual([
    'rename 00000007.csv',
    'rename 00000007.parquet',
    'sync files',
    'insert catalogue.db',
  ])
  expect(hasUpload(dataDir, 7)).toBe(true)
  expect(findUpload(dataDir, 7)).toEqual(uploadOf(7))
  expect(readFileSync(storedFile(dataDir, 7, 'parquet'), 'utf8')).toBe('parquet')
  expect(incomingNames(dataDir)).toEqual([])
})
