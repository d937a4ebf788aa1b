import { credentials, type ServiceError, status } from '@grpc/grpc-js'
import { HealthClient, ServingStatus } from '@table/proto'
import { expect, onTestFinished, test } from 'vitest'
import { spawnServer } from '../support/process.ts'
import { tokenFile } from '../support/secrets.ts'
import { failureOf, frame, rawSession, rawUpload, serve, uploadMessage } from '../support/server.ts'

function healthClient(port: number): HealthClient {
  const client = new HealthClient(`127.0.0.1:${port}`, credentials.createInsecure())
  onTestFinished(() => client.close())
  return client
}

function check(client: HealthClient, service = ''): Promise<ServingStatus> {
  return new Promise((resolve, reject) => {
    client.check({ service }, (error, response) => (error ? reject(error) : resolve(response.status)))
  })
}

/** Watches a service. `next` resolves to the next status, `end` to how the watch ends. */
function watch(client: HealthClient, service = '') {
  const call = client.watch({ service })
  const messages = call[Symbol.asyncIterator]()
  const end = new Promise<ServiceError>(resolve => call.on('error', resolve))
  const next = async () => (await messages.next()).value?.status
  return { next, end, cancel: () => call.cancel() }
}

test('a server that runs serves, and knows no other services', async () => {
  const { port } = await serve()
  const client = healthClient(port)
  for (const service of ['', 'Table', 'grpc.health.v1.Health'])
    expect(await check(client, service)).toBe(ServingStatus.SERVING)
  const failure = await failureOf(check(client, 'Chair'))
  expect(failure).toMatchObject({ code: status.NOT_FOUND })
  expect(failure.details).toContain('there is no service "Chair": ask for one of "", "Table", ')
  const watched = watch(client, 'Chair')
  expect(await watched.next()).toBe(ServingStatus.SERVICE_UNKNOWN)
})

test('a server that shuts down does not serve, and says so until it has ended', async () => {
  const { port, stop } = await serve()
  const upload = rawUpload(rawSession(port))
  await upload.write(frame(uploadMessage('x\n1\n')).subarray(0, 7))
  const client = healthClient(port)
  const [watched, left] = [watch(client), watch(client)]
  expect([await watched.next(), await left.next()]).toEqual([ServingStatus.SERVING, ServingStatus.SERVING])
  left.cancel()

  const stopped = stop()
  expect(await watched.next()).toBe(ServingStatus.NOT_SERVING)
  expect(await watched.end).toMatchObject({ code: status.UNAVAILABLE })
  expect(await check(client)).toBe(ServingStatus.NOT_SERVING)
  expect(await check(healthClient(port), 'Table')).toBe(ServingStatus.NOT_SERVING)
  expect(await watch(client).next()).toBe(ServingStatus.NOT_SERVING)
  await upload.write(frame(uploadMessage('x\n1\n')).subarray(7))
  upload.end()
  expect(await upload.answer).toMatchObject({ code: 0 })
  await stopped
  expect(await failureOf(check(client))).toMatchObject({ code: status.UNAVAILABLE })
})

test('nobody needs a token to ask for the health', async () => {
  const { ready } = spawnServer({ env: { TABLE_TOKEN_FILE: tokenFile() } })
  const client = healthClient((await ready).port)
  expect(await check(client)).toBe(ServingStatus.SERVING)
  expect(await watch(client).next()).toBe(ServingStatus.SERVING)
})
