import { once } from 'node:events'
import type { ClientHttp2Session } from 'node:http2'
import { status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { eventually, frame, rawSession, rawUpload, serve, uploadMessage } from '../support/server.ts'

/** Returns how much the session may send, and how much each of its uploads may, after the first answer. */
async function windowsOf(session: ClientHttp2Session): Promise<[number | undefined, number | undefined]> {
  const call = rawUpload(session)
  await call.write(frame(uploadMessage('x\n1\n')))
  call.end()
  expect((await call.answer).code).toBe(status.OK)
  await new Promise(resolve => session.ping(resolve))
  return [session.state.remoteWindowSize, session.remoteSettings.initialWindowSize]
}

test('the more connections upload, the less data each new connection may have under way', async () => {
  const { port } = await serve()
  const sessions: ClientHttp2Session[] = []
  const windows: (number | undefined)[] = []
  for (let i = 0; i < 8; i++) {
    sessions.push(rawSession(port))
    const [all, each] = await windowsOf(sessions[i] as ClientHttp2Session)
    // The connection's window was as wide before the first bytes.
    expect(all).toBeGreaterThan((each as number) - 100)
    windows.push(each)
  }
  const mib = 2 ** 20
  expect(windows.slice(0, 4)).toEqual([mib, mib, Math.floor((2 * mib) / 3), mib / 2])
  expect(windows.slice(4)).toEqual([Math.floor((2 * mib) / 5), ...Array(3).fill((3 * mib) / 8)])

  const closed = sessions.map(session => once(session, 'close'))
  for (const session of sessions) session.close()
  await Promise.all(closed)
  await eventually(async () => expect((await windowsOf(rawSession(port)))[1]).toBe(mib))
})
