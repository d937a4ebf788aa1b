import { once } from 'node:events'
import { connect } from 'node:net'
import { status } from '@grpc/grpc-js'
import { describe, expect, onTestFinished, test, vi } from 'vitest'
import { spawnHeldServer, spawnServer } from './support/process.ts'
import {
  columnSum,
  connectClient,
  eventually,
  failureOf,
  frame,
  incoming,
  largeCsv,
  rawSession,
  rawUpload,
  serve,
  upload,
  uploadMessage,
} from './support/server.ts'

const shuttingDown = {
  code: status.UNAVAILABLE,
  details: 'the server is shutting down: try again later',
}

test.each(['SIGTERM', 'SIGINT'] as const)('%s ends an idle server, whatever is connected', async signal => {
  const { child, ready, exited } = spawnServer({ workers: 2 })
  const { port } = await ready
  await columnSum(connectClient(port), 'x')
  await once(rawSession(port), 'remoteSettings')
  const silent = connect(port, '127.0.0.1')
  onTestFinished(() => void silent.destroy())
  await once(silent, 'connect')
  child.kill(signal)
  expect(await exited).toMatchObject({ code: 0, stderr: '' })
})

describe('while an upload is converted', () => {
  async function stopped() {
    const server = await spawnHeldServer('rename')
    await columnSum(server.client, 'x')
    server.hold()
    const answer = upload(connectClient(server.port), 'x\n1\n')
    await server.held()
    server.child.kill('SIGINT')
    // A terminal and npm both send the signal.
    server.child.kill('SIGINT')
    await eventually(async () =>
      expect(await failureOf(columnSum(server.client, 'x'))).toMatchObject(shuttingDown),
    )
    return { ...server, answer }
  }

  test('after a signal an upload may finish, and new calls are refused, also on new connections', async () => {
    const { port, answer, release, exited, dataDir } = await stopped()
    expect(await failureOf(upload(connectClient(port), 'x\n1\n'))).toMatchObject(shuttingDown)
    release()
    expect(await answer).toBe('')
    expect(await exited).toMatchObject({ code: 0, stderr: '' })

    const client = connectClient((await spawnServer({ workers: 2, dataDir }).ready).port)
    expect(await columnSum(client, 'x')).toBe(1n)
  })

  test('a second signal ends it at once, and the next start removes what is left', async () => {
    const { answer, child, exited, dataDir } = await stopped()
    answer.catch(() => {})
    const repeat = setInterval(() => child.kill('SIGTERM'), 100)
    expect(await exited).toMatchObject({ code: 143 })
    clearInterval(repeat)
    expect(incoming(dataDir)).not.toEqual([])

    const client = connectClient((await spawnServer({ workers: 2, dataDir }).ready).port)
    expect(incoming(dataDir)).toEqual([])
    expect(await columnSum(client, 'x')).toBe(0n)
  })
})

test('an upload that does not arrive within the limit is refused and removed', async () => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
  onTestFinished(() => void vi.useRealTimers())
  const { port, dataDir, stop } = await serve({ workers: 2 })
  const call = rawUpload(rawSession(port))
  await call.write(frame(uploadMessage(largeCsv(1))).subarray(0, 290_000))
  while (incoming(dataDir).length === 0) await new Promise(setImmediate)

  const stopped = stop()
  await vi.advanceTimersByTimeAsync(7999)
  expect(incoming(dataDir)).toHaveLength(1)
  await vi.advanceTimersByTimeAsync(1)
  expect(await call.answer).toMatchObject({ code: shuttingDown.code, message: shuttingDown.details })
  await stopped
  expect(incoming(dataDir)).toEqual([])
})
