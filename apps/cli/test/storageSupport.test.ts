import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { vectorFromArray } from 'apache-arrow'
import { expect, test } from 'vitest'
import { answerOf } from './support/arrow.ts'
import { cliWith } from './support/cli.ts'
import { temporaryDirectory } from './support/directory.ts'
import { serve } from './support/tableServer.ts'

/** Takes away what Node 20 does not have. */
const OLD_NODE = "import zlib from 'node:zlib'; delete zlib.zstdCompressSync"

test.each([
  [['verify'], 'read data directories'],
  [['check', 'file.csv'], 'check files'],
  [['sql', 'FROM data', '-o', 'all.parquet'], 'write Parquet files'],
])('on an old Node, %j asks for another one', async ([command = '', ...args], purpose) => {
  const folder = temporaryDirectory()
  writeFileSync(join(folder, 'file.csv'), 'x\n1\n')
  const server = await serve({
    async *query() {
      yield* answerOf({ x: vectorFromArray([1]) })
    },
  })
  const env = { NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(OLD_NODE)}` }
  const inFolder = args.map(arg => (/\.(csv|parquet)$/.test(arg) ? join(folder, arg) : arg))
  expect(await cliWith(env, server, command, ...inFolder)).toEqual({
    stdout: '',
    stderr: `found Node ${process.version}, expected Node 22.15 or newer, which can ${purpose}: update Node\n`,
    exitCode: 1,
  })
})
