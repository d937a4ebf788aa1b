import { afterAll } from 'vitest'
import { conformance } from '../../../../testing/conformance/conformance.ts'
import { queries } from '../../../../testing/conformance/queries.ts'
import { defaultLimits } from '../../src/config/limits.ts'
import { LocalTable } from '../../src/workers/localTable.ts'
import { newDirectories } from '../support/server.ts'

const newDirectory = newDirectories()
const table = new LocalTable(newDirectory(), 2, defaultLimits)
afterAll(() => table.close())

conformance(() => table)
queries(() => table)
