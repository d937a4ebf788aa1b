import { expect, test } from 'vitest'
import { openCalls } from '../support/http.ts'
import { frame, rawCall, rawSession, serve, uploadMessage } from '../support/server.ts'

const large = frame(uploadMessage(`x\n${'1\n'.repeat(300_000)}`))

test.each([
  ['an upload in parts over the limit', '/Table/UploadStream', [large, large, large, large, large], 8],
  ['a second message behind an upload', '/Table/Upload', [large, large, large, large, large], 12],
  ['a sum over the limit', '/Table/ColSum', [large, large], 8],
  ['a method that does not exist', '/Table/Nothing', [large, large], 12],
])('%s is over once it is refused, however much its client has sent', async (_, path, messages, code) => {
  const server = await serve({ limits: { uploadBytes: 1_000_000 } })
  const session = rawSession(server.port)
  const call = rawCall(session, path)
  for (const message of messages) void call.write(message)
  call.end()
  expect((await call.answer).code).toBe(code)
  await openCalls(server, 0)
  expect(session.closed).toBe(false)
})
