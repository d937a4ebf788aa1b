import { existsSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  backupState,
  refuseBackup,
  removeBackupMark,
  writeBackupMark,
} from '../../src/directory/backupMark.ts'
import { backupMark } from '../../src/paths.ts'
import { operationsOf, temporaryDirectory } from '../support/directories.ts'

test.each([
  ['complete', 'is a backup: turn it into a data directory with `table-cli restore'],
  ['incomplete', 'is an incomplete backup or restored directory: remove it and make it again'],
] as const)('a directory that is marked as %s is not served', (state, message) => {
  const directory = temporaryDirectory()
  refuseBackup(directory)
  expect(backupState(directory)).toBeUndefined()
  writeBackupMark(directory, state)
  expect(backupState(directory)).toBe(state)
  expect(() => refuseBackup(directory)).toThrow(
    expect.objectContaining({
      code: 'unusable',
      message: expect.stringContaining(`${directory} ${message}`),
    }),
  )
  const operations = operationsOf(() => removeBackupMark(directory)).map(operation => operation.split(' ')[0])
  expect(operations).toEqual(['remove', 'sync'])
  expect(existsSync(backupMark(directory))).toBe(false)
  refuseBackup(directory)
})

test('a mark that cannot be understood stands for an incomplete copy', () => {
  const directory = temporaryDirectory()
  for (const text of ['', 'complete', 'complete\n\n', '\0'.repeat(9)]) {
    writeFileSync(backupMark(directory), text)
    expect(backupState(directory)).toBe('incomplete')
  }
})
