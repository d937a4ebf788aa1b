import { join } from 'node:path'
import { expect, test } from 'vitest'
import { repeat } from '../../testing/form.ts'
import { root } from '../support/repository.ts'
import { run } from '../support/run.ts'

test('a short soak: mixed load over a kill and a restart, every sum exact, every upload there once', async () => {
  const args = [join(root, 'bench/soak/main.ts'), '--seconds', String(repeat('TABLE_SOAK_SECONDS'))]
  const { stdout, stderr, code } = await run(process.execPath, args, { env: { TABLE_WORKERS: '8' } })
  expect(code, stderr).toBe(0)
  const said = stdout.toString()
  const [, uploads] = /table-cli verify: (\d+) uploads, .*, 0 files damaged$/m.exec(said) ?? []
  expect(Number(uploads)).toBeGreaterThan(10)
  expect(said).toMatch(/[1-9]\d* sums of all in both formats, .*: every sum exact\./)
  expect(stderr.match(/: (killed|restarted), /g)).toEqual([': killed, ', ': restarted, '])
})
