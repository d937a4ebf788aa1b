import { test } from 'vitest'
import { expectReadsAs } from '../support/columns.ts'
import { int64Fields, plainInt64Fields } from '../support/int64Fields.ts'
import { kernels } from '../support/memory.ts'
import { int64, storedInt64 } from '../twins/values.ts'

test('int64Column reads what BigInt reads within int64 and writes the same', () => {
  expectReadsAs(kernels.int64Column, BigInt64Array, int64, plainInt64Fields)
})

test('int64Column reads what is stored with needless zeros in front', () => {
  expectReadsAs(kernels.int64Column, BigInt64Array, storedInt64, int64Fields, true)
})
