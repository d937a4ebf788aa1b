// Generates everything that is made from libs/proto/table.proto: the TypeScript messages and service, and the
// Python stubs that the course's clients import. `--check` changes nothing and fails if the committed files
// differ.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules/.bin')
const protoDir = join(root, 'libs/proto')
const committed = {
  'table.ts': 'libs/proto/src/generated/table.ts',
  'table_pb2.py': 'table_pb2.py',
  'table_pb2_grpc.py': 'table_pb2_grpc.py',
}
const tsProtoOptions = [
  'outputServices=grpc-js',
  'forceLong=bigint',
  'esModuleInterop=true',
  'importSuffix=.ts',
  'outputJsonMethods=false',
  'outputPartialMethods=false',
]

const out = mkdtempSync(join(tmpdir(), 'table-generate-'))
try {
  execFileSync(join(bin, 'protoc'), [
    `--plugin=${join(bin, 'protoc-gen-ts_proto')}`,
    `--ts_proto_opt=${tsProtoOptions.join(',')}`,
    `--ts_proto_out=${out}`,
    `--proto_path=${protoDir}`,
    'table.proto',
  ])
  execFileSync(join(root, 'e2e/.venv-course/bin/python'), [
    '-m',
    'grpc_tools.protoc',
    `--python_out=${out}`,
    `--grpc_python_out=${out}`,
    `--proto_path=${protoDir}`,
    'table.proto',
  ])
  for (const [name, path] of Object.entries(committed)) {
    const made = readFileSync(join(out, name), 'utf8')
    if (!process.argv.includes('--check')) writeFileSync(join(root, path), made)
    else if (made !== readFileSync(join(root, path), 'utf8')) {
      console.error(`${path} is not what table.proto generates: run \`npx nx codegen proto\` and commit it`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(out, { recursive: true })
}
