import { test } from 'vitest'
import { expectReadsAs, fieldsOf } from '../support/columns.ts'
import { kernels } from '../support/memory.ts'
import { timestampTexts } from '../support/timeTexts.ts'
import { timestamp, timestampUtc } from '../twins/values.ts'

test('timestampColumn reads times without a zone, and a date as its midnight', () => {
  expectReadsAs(kernels.timestampColumn, BigInt64Array, timestamp, fieldsOf(timestampTexts(false)))
})

test('timestampUtcColumn reads times with a zone', () => {
  expectReadsAs(kernels.timestampUtcColumn, BigInt64Array, timestampUtc, fieldsOf(timestampTexts(true)))
})
