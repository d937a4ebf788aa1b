// The attacks of bench/faults that take the most memory, on the 512 MB container.
import { join } from 'node:path'
import { afterAll, expect, onTestFinished, test } from 'vitest'
import { attacks } from '../../../bench/faults/attacks.ts'
import { stride } from '../../../testing/form.ts'
import { inspect, startContainer } from '../../support/containerServer.ts'
import { testSession } from '../../support/python.ts'
import { root } from '../../support/repository.ts'
import { output } from '../../support/run.ts'
import { peakMemory } from '../../support/server.ts'
import { testFile } from '../../support/temporary.ts'

const table: Record<string, string | number>[] = []
afterAll(() => console.table(table))

const heaviest = [
  'vanish',
  'manyStreams',
  'deadlines',
  'manySums',
  'headers',
  'fields',
  'columns',
  'wide',
  'names',
]
const withFewBytes = [
  'hpack',
  'longHeaders',
  'sumBombs',
  'halfSums',
  'bytes',
  'untaken',
  'resets',
  'strangers',
  'slots',
]

// All of them take ten minutes, so the middle form tries every second one, beginning with another in each run.
const { from, step } = stride(4)

test.each([...heaviest, ...withFewBytes].filter((_, i) => i % step === from))(
  'the server in the container outlives the attack %s, and serves others',
  async name => {
    const server = await startContainer()
    onTestFinished(() => server.stop())
    const attacker = join(root, 'bench/faults/attacker.ts')
    const seen = await output(process.execPath, [attacker, name, String(server.port)])
    table.push({ attack: attacks[name]?.what ?? '', seen, 'peak MB': await peakMemory(server) })

    const session = testSession(server)
    expect(await session.upload(testFile('healthy\n20\n22\n'))).toEqual({ error: '' })
    expect(await session.total('healthy', 'parquet')).toBe(42n)
    expect(await inspect(server.container, '.State.OOMKilled')).toBe('false')
    expect(await inspect(server.container, '.RestartCount')).toBe('0')
    expect(seen).not.toBe('')
  },
)
