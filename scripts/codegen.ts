// Generates everything that is made from the .proto files of libs/proto: the TypeScript messages and services, the descriptors that
// reflection answers with, and the Python stubs that the course's clients import. The types of the page come from http/openapi.json.
// `--check` changes nothing and fails if the committed files differ.
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBinary, toBinary } from '@bufbuild/protobuf'
import {
  type DescriptorProto,
  FileDescriptorProtoSchema,
  FileDescriptorSetSchema,
} from '@bufbuild/protobuf/wkt'

const root = join(import.meta.dirname, '..')
const bin = join(root, 'node_modules/.bin')
const protoDir = join(root, 'libs/proto')
const health = 'grpc/health/v1/health'
const reflection = 'grpc/reflection/v1/reflection'
const spark = 'spark/connect/connect'
const protos = ['table.proto', `${health}.proto`, `${reflection}.proto`]
const committed = {
  'table.ts': 'libs/proto/src/generated/table.ts',
  [`${health}.ts`]: 'libs/proto/src/generated/health.ts',
  [`${reflection}.ts`]: 'libs/proto/src/generated/reflection.ts',
  [`${spark}.ts`]: 'libs/proto/src/generated/spark.ts',
  'descriptors.ts': 'libs/proto/src/generated/descriptors.ts',
  'table_pb2.py': 'table_pb2.py',
  'table_pb2_grpc.py': 'table_pb2_grpc.py',
  'openapi.ts': 'apps/console/src/api/openapi.ts',
}
const tsProtoOptions = [
  'outputServices=grpc-js',
  'forceLong=bigint',
  'esModuleInterop=true',
  'importSuffix=.ts',
  'outputJsonMethods=false',
  'outputPartialMethods=false',
  // Node runs TypeScript without compiling it, and an enum would have to be compiled.
  'enumsAsLiterals=true',
]

/** Returns a module that has each file's descriptor and names. */
function descriptorsModule(set: Uint8Array): string {
  const files = fromBinary(FileDescriptorSetSchema, set).file.map(file => {
    const name = (...parts: string[]) => parts.filter(part => part !== '').join('.')
    const services = file.service.map(service => name(file.package, service.name))
    const methods = file.service.flatMap(service =>
      service.method.map(method => name(file.package, service.name, method.name)),
    )
    const typesOf = (message: DescriptorProto, prefix: string): string[] => [
      name(prefix, message.name),
      ...message.enumType.map(type => name(prefix, message.name, type.name)),
      ...message.nestedType.flatMap(type => typesOf(type, name(prefix, message.name))),
    ]
    const types = file.messageType.flatMap(message => typesOf(message, file.package))
    const descriptor = Buffer.from(toBinary(FileDescriptorProtoSchema, file)).toString('base64')
    return { file: file.name, services, symbols: [...services, ...methods, ...types], descriptor }
  })
  return `/** The .proto files that the server speaks. \`descriptor\`: a FileDescriptorProto in base64. */
export const descriptors: readonly { file: string; services: readonly string[]; symbols: readonly string[]; descriptor: string }[] =
${JSON.stringify(files, null, 2)}
`
}

const out = mkdtempSync(join(tmpdir(), 'table-generate-'))
try {
  execFileSync(join(bin, 'protoc'), [
    `--plugin=${join(bin, 'protoc-gen-ts_proto')}`,
    `--ts_proto_opt=${tsProtoOptions.join(',')}`,
    `--ts_proto_out=${out}`,
    `--proto_path=${protoDir}`,
    ...protos,
    `${spark}.proto`,
  ])
  // Reflection tells what the server speaks, which Spark Connect is not.
  execFileSync(join(bin, 'protoc'), [
    `--descriptor_set_out=${join(out, 'descriptors')}`,
    `--proto_path=${protoDir}`,
    ...protos,
  ])
  writeFileSync(join(out, 'descriptors.ts'), descriptorsModule(readFileSync(join(out, 'descriptors'))))
  execFileSync(join(root, 'e2e/.venv-course/bin/python'), [
    '-m',
    'grpc_tools.protoc',
    `--python_out=${out}`,
    `--grpc_python_out=${out}`,
    `--proto_path=${protoDir}`,
    'table.proto',
  ])
  execFileSync(
    join(root, 'apps/console/node_modules/.bin/openapi-typescript'),
    [join(root, 'apps/server/src/http/openapi.json'), '--output', join(out, 'openapi.ts')],
    { stdio: ['ignore', 'ignore', 'inherit'] },
  )
  for (const [name, path] of Object.entries(committed)) {
    const made = readFileSync(join(out, name), 'utf8')
    if (!process.argv.includes('--check')) writeFileSync(join(root, path), made)
    else if (made !== readFileSync(join(root, path), 'utf8')) {
      console.error(`${path} is not what its source generates: run \`npx nx codegen proto\` and commit it`)
      process.exitCode = 1
    }
  }
} finally {
  rmSync(out, { recursive: true })
}
