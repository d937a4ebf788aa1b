import { Agent, request } from 'node:http'

export interface Wanted {
  method: 'GET' | 'PUT'
  path: string
  body?: string
  /** Throws if the answer, as JSON, is wrong. */
  check?: (answer: Record<string, unknown>) => void
}

/**
 * Sends each request to one of these ports. Each client has a connection of its own, and sends its next request once it has the answer to
 * the one before.
 */
export async function sendAll(
  ports: readonly number[],
  wanted: readonly Wanted[],
  clients: number,
): Promise<void> {
  const rest = wanted.values()
  const sendSome = async (client: number) => {
    const agent = new Agent({ keepAlive: true, maxSockets: 1 })
    for (const one of rest) await send(agent, ports[client % ports.length] as number, one)
    agent.destroy()
  }
  await Promise.all(Array.from({ length: clients }, (_, client) => sendSome(client)))
}

function send(agent: Agent, port: number, { method, path, body = '', check }: Wanted): Promise<void> {
  const headers = { 'content-length': Buffer.byteLength(body) }
  return new Promise((resolve, reject) => {
    const outgoing = request({ agent, host: '127.0.0.1', port, method, path, headers }, answer => {
      let text = ''
      answer.setEncoding('utf8').on('data', part => {
        text += part
      })
      answer.on('error', reject)
      answer.on('end', () => {
        try {
          if ((answer.statusCode ?? 0) >= 300) throw new Error(text)
          check?.(JSON.parse(text))
          resolve()
        } catch (error) {
          reject(error)
        }
      })
    })
    outgoing.on('error', reject)
    outgoing.end(body)
  })
}
