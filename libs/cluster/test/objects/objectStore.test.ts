import { getEventListeners, once } from 'node:events'
import { createServer, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import { expect, onTestFinished, test } from 'vitest'
import { readLocation } from '../../src/objects/location.ts'
import { ObjectStore } from '../../src/objects/objectStore.ts'

/** Makes a store whose answers are these, one after the other. */
async function storeOf(...answers: ((answer: ServerResponse) => void)[]) {
  const requests: string[] = []
  const server = createServer((request, answer) => {
    requests.push(`${request.method} ${request.url}`)
    request.resume()
    answers.shift()?.(answer)
  })
  await once(server.listen(0, '127.0.0.1'), 'listening')
  onTestFinished(() => {
    server.closeAllConnections()
    server.close()
  })
  const { port } = server.address() as AddressInfo
  const location = readLocation('s3://bucket/a b', `http://127.0.0.1:${port}`, {})
  const keys = { accessKeyId: 'key', secretAccessKey: 'secret', sessionToken: 'token' }
  return { store: new ObjectStore(location, () => keys), server, requests }
}

const stored = (answer: ServerResponse) => answer.writeHead(200, { etag: '"1"' }).end()
const bytes = Buffer.from('x\n1\n')

test('a request whose signal is aborted ends at once, before its answer and in the middle of it', async () => {
  const { store, server } = await storeOf(
    () => {},
    answer => answer.writeHead(206, { 'content-range': 'bytes 0-9/10', 'content-length': 10 }).write('12'),
  )
  const first = new AbortController()
  const put = store.put('csv', bytes, first.signal)
  await once(server, 'request')
  first.abort()
  await expect(put).rejects.toMatchObject({ code: 'cancelled' })
  const second = new AbortController()
  const read = store.read('csv', { start: 0, end: 10, bytes: 10 }, second.signal)
  expect(String((await read.next()).value)).toBe('12')
  second.abort()
  await expect(read.next()).rejects.toMatchObject({ code: 'cancelled' })
  await expect(store.put('csv', bytes, second.signal)).rejects.toMatchObject({ code: 'cancelled' })
})

test('a request leaves no listener on its signal', async () => {
  const { store } = await storeOf(stored)
  const { signal } = new AbortController()
  expect(await store.put('csv', bytes, signal)).toMatchObject({ etag: '"1"' })
  await new Promise(setImmediate)
  expect(getEventListeners(signal, 'abort')).toEqual([])
})

test('an object whose answer breaks off is stored again', async () => {
  const { store, requests } = await storeOf(answer => {
    answer.writeHead(200, { 'content-length': 5 }).write('12')
    setImmediate(() => answer.destroy())
  }, stored)
  expect(await store.put('csv', bytes)).toMatchObject({ etag: '"1"' })
  expect(requests).toEqual(['PUT /bucket/a%20b/csv', 'PUT /bucket/a%20b/csv'])
})
