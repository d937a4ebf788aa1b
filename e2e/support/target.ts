import { inject, onTestFinished } from 'vitest'
import { startContainer } from './containerServer.ts'
import { startProcess } from './processServer.ts'
import type { TestServer } from './server.ts'

declare module 'vitest' {
  interface ProvidedContext {
    /** What the suite tests: the server as `npm start` starts it, or the image. */
    target: 'process' | 'image'
  }
}

export const target = inject('target')

/** Starts a server with these environment variables, which ends with the running test. */
export async function startTarget(env: Record<string, string> = {}): Promise<TestServer> {
  const server = target === 'image' ? await startContainer({ env }) : await startProcess({ env })
  onTestFinished(() => server.stop())
  return server
}
