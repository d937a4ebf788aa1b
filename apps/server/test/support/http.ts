import { mkdtempSync, rmSync } from 'node:fs'
import { type Agent, type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll } from 'vitest'
import { defaultLimits, type Limits } from '../../src/config/limits.ts'
import { type RunningServer, type ServerConfig, startServer } from '../../src/server.ts'

type Options = Partial<Omit<ServerConfig, 'limits'>> & { limits?: Partial<Limits> }

/** Starts one real server for all tests of a file. Its port is known once the tests run. */
export function serveFile({ limits = {}, ...others }: Options = {}): { port: number; dataDir: string } {
  const served = { port: 0, dataDir: '' }
  let server: RunningServer
  beforeAll(async () => {
    served.dataDir = mkdtempSync(join(tmpdir(), 'table-http-'))
    server = await startServer({
      hosts: ['127.0.0.1'],
      port: 0,
      dataDir: served.dataDir,
      workers: 1,
      limits: { ...defaultLimits, ...limits },
      ...others,
    })
    served.port = server.port
  })
  afterAll(async () => {
    await server.stop()
    rmSync(served.dataDir, { recursive: true })
  })
  return served
}

export interface Answer {
  status: number
  headers: IncomingHttpHeaders
  body: Buffer
  text: string
}

interface Asked {
  headers?: OutgoingHttpHeaders
  body?: string | Uint8Array
  agent?: Agent
}

/** Sends a request over a connection of its own, if no agent is given. */
export function ask(
  { port }: { port: number },
  method: string,
  path: string,
  { headers = {}, body, agent }: Asked = {},
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const sent = request(
      { host: '127.0.0.1', port, method, path, headers, agent: agent ?? false },
      received => {
        const parts: Buffer[] = []
        received.on('data', part => parts.push(part))
        received.on('error', reject)
        received.on('end', () => {
          const whole = Buffer.concat(parts)
          const { statusCode: status = 0, headers } = received
          resolve({ status, headers, body: whole, text: whole.toString() })
        })
      },
    )
    sent.on('error', reject)
    sent.end(body)
  })
}

/** Resolves once so many calls are open beside the one that asks. Unlike `vi.waitFor`, this moves no clock of a test. */
export async function openCalls(server: { port: number }, count: number): Promise<void> {
  while ((await metric(server, 'table_calls_open')) !== count + 1);
}

/** Returns the value of a metric that has no labels, NaN without such a metric. */
export async function metric(server: { port: number }, name: string): Promise<number> {
  const { text } = await ask(server, 'GET', '/metrics')
  return Number(new RegExp(`^${name} (\\d+)$`, 'm').exec(text)?.[1])
}

/** Stores a CSV. Resolves to the id of the upload. */
export async function stored(server: { port: number }, csv: string): Promise<number> {
  const { status, text } = await ask(server, 'POST', '/uploads', { body: csv })
  if (status !== 201) throw new Error(text)
  return JSON.parse(text).id
}
