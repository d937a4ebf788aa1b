import { test } from 'vitest'
import { expectReadsAs } from '../support/columns.ts'
import { int64Fields } from '../support/int64Fields.ts'
import { kernels } from '../support/memory.ts'
import { int64 } from '../twins/values.ts'

test('int64Column reads what BigInt reads within int64', () => {
  expectReadsAs(kernels.int64Column, BigInt64Array, int64, int64Fields)
})
