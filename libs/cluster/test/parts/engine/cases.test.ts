import { afterAll, expect, test } from 'vitest'
import { bucket, parts } from '../../../../../testing/cluster/shared.ts'
import { cases } from '../../../../../testing/conformance/cases/index.ts'
import { SparkConnect } from '../../../src/engine/sparkConnect.ts'
import { put, questionOf } from './files.ts'

const { signal } = new AbortController()
const engine = new SparkConnect(`sc://127.0.0.1:${parts.enginePort}`)
afterAll(() => engine.close())

test.for(cases)('the engine sums the integers of $name as our kernels do', async ({ uploads, sums }) => {
  const { name, folder } = bucket()
  const files = uploads.map(csv => put(folder, csv))
  for (const [column, expected] of Object.entries(sums)) {
    const types = files.flatMap(({ columns }) => columns.filter(({ name }) => name === column))
    if (types.length === 0 || types.some(({ type }) => type !== 'int64')) continue
    const sum = typeof expected === 'bigint' ? expected : BigInt(/ is (-?\d+):/.exec(expected)?.[1] ?? '')
    for (const format of ['csv', 'parquet'] as const) {
      const { question, rows } = questionOf(files, column, format, name)
      expect
        .soft(await engine.columnSum(question, signal).catch(String), `${column}, ${format}`)
        .toEqual({ sum, rows })
    }
  }
})
