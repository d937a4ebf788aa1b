// The library that most clients use: grpcio, in the course's versions.
import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { expect, test } from 'vitest'
import { spawnServer } from './support/process.ts'

const root = join(import.meta.dirname, '../../..')

async function python(port: number, script: string): Promise<string> {
  const program = `
import grpc, table_pb2, table_pb2_grpc
channel = grpc.insecure_channel("127.0.0.1:${port}")
stub = table_pb2_grpc.TableStub(channel)
${script}`
  const interpreter = join(root, 'e2e/.venv-course/bin/python')
  const { stdout } = await promisify(execFile)(interpreter, ['-c', program], { cwd: root })
  return stdout.trim()
}

/** Returns the most memory that a process has had, in MB. */
function peakMemory(pid: number | undefined): number {
  const [, kilobytes] = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8')) ?? []
  return Number(kilobytes) / 1000
}

test('uploads compressed with gzip', async () => {
  const { port } = await spawnServer().ready
  const total = await python(
    port,
    `
data = b"x,y\\n" + b"1,2\\n" * 300000
assert stub.Upload(table_pb2.UploadReq(csv_data=data), compression=grpc.Compression.Gzip).error == ""
assert stub.Upload(table_pb2.UploadReq(csv_data=data), compression=grpc.Compression.Deflate).error == ""
print(stub.ColSum(table_pb2.ColSumReq(column="y", format="parquet")).total)`,
  )
  expect(total).toBe('1200000')
})

test('uploads a file larger than the memory the server takes for it', async () => {
  const { ready, child } = spawnServer()
  const { port } = await ready
  const before = peakMemory(child.pid)
  const total = await python(
    port,
    `
data = b"x,text\\n" + (b"1," + b"t" * 97 + b"\\n") * 1000000
assert stub.Upload(table_pb2.UploadReq(csv_data=data)).error == ""
print(stub.ColSum(table_pb2.ColSumReq(column="x", format="csv")).total)`,
  )
  expect(total).toBe('1000000')
  // A single copy of the message in memory would be 100 MB.
  expect(peakMemory(child.pid) - before).toBeLessThan(90)
})

test('gets the reason for a refusal half-way through a large message', async () => {
  const { port } = await spawnServer().ready
  const answer = await python(
    port,
    `
call = channel.unary_unary("/Table/Upload", request_serializer=lambda x: x, response_deserializer=lambda x: x)
try: call(b"\\x0e" * 50000000)
except grpc.RpcError as error: print(error.code().name, error.details())`,
  )
  expect(answer).toMatch(/^INVALID_ARGUMENT the request is not a protobuf message/)
})

test('sends an upload-id, and learns what is wrong with one half-way through a large message', async () => {
  const { port } = await spawnServer().ready
  const answers = await python(
    port,
    `
import uuid
request = table_pb2.UploadReq(csv_data=b"x,text\\n" + (b"1," + b"t" * 97 + b"\\n") * 200000)
metadata = [("upload-id", str(uuid.uuid4()))]
for _ in range(2): print(repr(stub.Upload(request, metadata=metadata).error))
print(stub.ColSum(table_pb2.ColSumReq(column="x", format="csv")).total)
try: stub.Upload(request, metadata=[("upload-id", "mine")])
except grpc.RpcError as error: print(error.code().name, error.details())`,
  )
  expect(answers.split('\n')).toEqual([
    "''",
    "''",
    '200000',
    'INVALID_ARGUMENT upload-id: found "mine", expected a UUID such as 0b9c6d3e-5f0a-4c6e-8f57-3f5a2f1d9b42',
  ])
})
