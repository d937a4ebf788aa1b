import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { root } from './repository.ts'
import { testDirectory } from './temporary.ts'

export interface Sample {
  labels: Record<string, string>
  value: number
}

export interface Prometheus {
  /** Answers a question in PromQL. Throws the message of an error. */
  query(expression: string): Promise<Sample[]>
}

/** Starts a Prometheus that scrapes the server every second, as `deploy/prometheus/prometheus.yml` says. */
export async function startPrometheus(port: number): Promise<Prometheus> {
  const directory = testDirectory()
  const example = readFileSync(join(root, 'deploy/prometheus/prometheus.yml'), 'utf8')
  const config = example
    .replace('localhost:5440', `localhost:${port}`)
    .replace('scrape_interval: 15s', 'scrape_interval: 1s')
    .replace('- alerts.yml', `- ${join(root, 'deploy/prometheus/alerts.yml')}`)
  writeFileSync(join(directory, 'prometheus.yml'), config)
  const own = await freePort()
  const child = spawn('prometheus', [
    `--config.file=${join(directory, 'prometheus.yml')}`,
    `--storage.tsdb.path=${join(directory, 'data')}`,
    `--web.listen-address=127.0.0.1:${own}`,
  ])
  const said: string[] = []
  child.stderr.on('data', text => said.push(String(text)))
  onTestFinished(async () => {
    const ended = once(child, 'exit')
    child.kill()
    await ended
  })
  await new Promise<void>((resolve, reject) => {
    child.stderr.on('data', () => {
      if (said.join('').includes('Server is ready to receive web requests')) resolve()
    })
    child.once('error', reject)
    child.once('exit', code => reject(new Error(`prometheus ended with ${code}: ${said.join('')}`)))
  })
  return {
    async query(expression) {
      const answer = await fetch(
        `http://127.0.0.1:${own}/api/v1/query?${new URLSearchParams({ query: expression })}`,
      )
      const { status, error, data } = (await answer.json()) as {
        status: string
        error: string
        data: { result: { metric: Record<string, string>; value: [number, string] }[] }
      }
      if (status !== 'success') throw new Error(`${expression}: ${error}`)
      return data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }))
    },
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1')
  await once(server, 'listening')
  const { port } = server.address() as { port: number }
  server.close()
  await once(server, 'close')
  return port
}
