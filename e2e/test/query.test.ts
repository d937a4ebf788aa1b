// Query against the Parquet files themselves: pyarrow reads both.
import { expect, test } from 'vitest'
import { environments, runPython } from '../support/python.ts'
import { startTarget } from '../support/target.ts'

test.each(environments)(
  'pyarrow reads the same values, types and nulls from a query as from the Parquet files (%s packages)',
  async environment => {
    const { port } = await startTarget()
    expect(Number(await runPython('python/query.py', [], { port, environment }))).toBe(20_006)
  },
)
