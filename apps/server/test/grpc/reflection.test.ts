import { fromBinary } from '@bufbuild/protobuf'
import { FileDescriptorProtoSchema } from '@bufbuild/protobuf/wkt'
import { credentials, Metadata, status } from '@grpc/grpc-js'
import {
  ServerReflectionClient,
  type ServerReflectionRequest,
  type ServerReflectionResponse,
  ServerReflectionService,
} from '@table/proto'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/process.ts'
import { tokenFile } from '../support/secrets.ts'
import { frame, rawCall, rawSession, serve } from '../support/server.ts'

function ask(
  port: number,
  requests: Partial<ServerReflectionRequest>[],
): Promise<ServerReflectionResponse[]> {
  const client = new ServerReflectionClient(`127.0.0.1:${port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  const call = client.serverReflectionInfo(new Metadata())
  const answers: ServerReflectionResponse[] = []
  return new Promise((resolve, reject) => {
    // As tools do: the next request waits for the answer to the one before.
    const next = () => {
      const request = requests[answers.length]
      if (request) call.write({ host: 'h', ...request })
      else call.end()
    }
    call.on('data', answer => {
      answers.push(answer)
      next()
    })
    call.on('error', reject)
    call.on('end', () => resolve(answers))
    next()
  })
}

const services = ['Table', 'grpc.health.v1.Health', 'grpc.reflection.v1.ServerReflection']

test('a client learns the services, and the messages of each method, without a .proto file', async () => {
  const { port } = await serve()
  const [list, ...files] = await ask(port, [
    { listServices: '' },
    ...services.map(fileContainingSymbol => ({ fileContainingSymbol })),
  ])
  expect(list).toMatchObject({ validHost: 'h', originalRequest: { host: 'h', listServices: '' } })
  expect(list?.listServicesResponse?.service.map(({ name }) => name)).toEqual(services)
  const described = files.flatMap(({ fileDescriptorResponse }) =>
    (fileDescriptorResponse?.fileDescriptorProto ?? []).map(bytes =>
      fromBinary(FileDescriptorProtoSchema, bytes),
    ),
  )
  expect(described.map(({ name }) => name)).toEqual([
    'table.proto',
    'grpc/health/v1/health.proto',
    'grpc/reflection/v1/reflection.proto',
  ])
  // No file needs another one.
  expect(described.flatMap(({ dependency }) => dependency)).toEqual([])
  const methods = described[0]?.service[0]?.method
  expect(methods?.find(({ name }) => name === 'Download')).toMatchObject({
    inputType: '.DownloadReq',
    outputType: '.DownloadPart',
    serverStreaming: true,
  })
})

test('files are found by name, method and type', async () => {
  const { port } = await serve()
  const answers = await ask(port, [
    { fileByFilename: 'table.proto' },
    { fileContainingSymbol: 'Table.ColSum' },
    { fileContainingSymbol: 'StoredUpload' },
    { fileContainingSymbol: 'grpc.health.v1.HealthCheckResponse.ServingStatus' },
    { allExtensionNumbersOfType: 'UploadReq' },
  ])
  const sizes = answers.map(
    ({ fileDescriptorResponse }) => fileDescriptorResponse?.fileDescriptorProto.length,
  )
  expect(sizes).toEqual([1, 1, 1, 1, undefined])
  expect(answers[4]?.allExtensionNumbersResponse).toEqual({ baseTypeName: 'UploadReq', extensionNumber: [] })
})

test('what the server does not have is an error in the answer, and the call goes on', async () => {
  const { port } = await serve()
  const answers = await ask(port, [
    { fileByFilename: 'chair.proto' },
    { fileContainingSymbol: 'Chair' },
    { fileContainingExtension: { containingType: 'UploadReq', extensionNumber: 7 } },
    { allExtensionNumbersOfType: 'Chair' },
    {},
    { listServices: '*' },
  ])
  const codes = answers.map(({ errorResponse }) => errorResponse?.errorCode)
  const { NOT_FOUND, INVALID_ARGUMENT } = status
  expect(codes).toEqual([NOT_FOUND, NOT_FOUND, NOT_FOUND, NOT_FOUND, INVALID_ARGUMENT, undefined])
})

test('older clients reach the service under its older name', async () => {
  const { port } = await serve()
  const call = rawCall(rawSession(port), '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo')
  const { requestSerialize } = ServerReflectionService.serverReflectionInfo
  await call.write(frame(requestSerialize({ host: '', listServices: '' })))
  call.end()
  expect(await call.answer).toMatchObject({ code: 0 })
})

test('requests that are no messages, or too many, are refused', async () => {
  const { port } = await serve()
  const path = '/grpc.reflection.v1.ServerReflection/ServerReflectionInfo'
  const broken = rawCall(rawSession(port), path)
  await broken.write(frame(Buffer.from([0x0a, 0x7f])))
  expect(await broken.answer).toMatchObject({ code: status.INVALID_ARGUMENT })
  const large = rawCall(rawSession(port), path)
  await large.write(frame(Buffer.alloc(65 * 1024)))
  expect(await large.answer).toMatchObject({ code: status.RESOURCE_EXHAUSTED })
})

test('reflection needs a token that may read', async () => {
  const { ready } = spawnServer({ env: { TABLE_TOKEN_FILE: tokenFile() } })
  await expect(ask((await ready).port, [{ listServices: '' }])).rejects.toMatchObject({
    code: status.UNAUTHENTICATED,
  })
})
