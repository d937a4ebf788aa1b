// What Python clients can do with stored uploads, and what tools learn of the server.
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { environments, python } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { startTarget } from '../support/target.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

const missing =
  'there is no upload 1: it was never stored, or was deleted; list the uploads to see which there are'

test.each(environments)(
  'a Python client uploads in parts, lists, downloads and deletes, asks for the health and calls by reflection (%s packages)',
  async environment => {
    const { port } = await startTarget()
    const stubs = testDirectory()
    const protos = ['health', 'reflection'].map(name => `${name}.proto`)
    const paths = ['health', 'reflection'].map(name => `-I${join(root, 'libs/proto/grpc', name, 'v1')}`)
    const out = [`--python_out=${stubs}`, `--grpc_python_out=${stubs}`]
    await output(python('course'), ['-m', 'grpc_tools.protoc', ...paths, ...out, ...protos])

    const file = testFile(
      `x,t\n${Array.from({ length: 100_000 }, (_, i) => `${i},"row, ${i}"`).join('\n')}\n`,
    )
    const answers = await output(python(environment), [join(root, 'e2e/python/wire.py'), file], {
      env: { PYTHONPATH: `${root}:${stubs}`, TABLE_PORT: `${port}` },
    })
    expect(JSON.parse(answers)).toEqual({
      stored: { error: '', id: 1, rows: 100_000 },
      pages: [[1, 2], [3]],
      upload: ['wire.csv', 100_000, true, true],
      same: true,
      checksums: [true, true],
      reflection: {
        services: ['Table', 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection'],
        name: 'wire.csv',
      },
      deleted: ['', missing],
      missing,
      left: [[2, 3]],
      sum: 2,
      health: 1,
    })
  },
)
