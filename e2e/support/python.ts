import { type ChildProcessByStdio, spawn } from 'node:child_process'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import type { Readable, Writable } from 'node:stream'
import { onTestFinished } from 'vitest'
import { root } from './repository.ts'
import { output } from './run.ts'

/** The course's pinned packages, or the newest versions. */
export type Environment = 'course' | 'latest'
export const environments: Environment[] = ['course', 'latest']

export function python(environment: Environment): string {
  return join(root, `e2e/.venv-${environment}/bin/python`)
}

/**
 * Returns what one of our Python scripts prints, such as `clients/upload.py`. The generated stubs are found
 * in the root.
 */
export function runPython(
  script: string,
  args: string[],
  { port = 0, environment = 'course' }: { port?: number; environment?: Environment } = {},
): Promise<string> {
  const env = { PYTHONPATH: root, TABLE_PORT: String(port) }
  return output(python(environment), [join(root, 'e2e', script), ...args], { env })
}

/** How a call of a Python client ends: with a response, or with a status other than OK. */
export interface Answer {
  error?: string
  total?: string
  status?: string
  details?: string
}

/** What an upload is answered with. */
export interface Stored extends Answer {
  upload?: number
  rows?: number
  /** Each with its type: `x int64`. */
  columns?: string[]
  warnings?: string[]
}

/** Many calls at once from one Python process, each on a channel of its own. */
export class PythonSession {
  readonly #child: ChildProcessByStdio<Writable, Readable, null>
  readonly #waiting = new Map<number, { resolve: (answer: Answer) => void; reject: (error: Error) => void }>()
  #calls = 0

  constructor(port: number, environment: Environment = 'course', env: Record<string, string> = {}) {
    this.#child = spawn(python(environment), [join(root, 'e2e/python/session.py')], {
      // gRPC logs every failed handshake, and some tests make handshakes fail.
      env: { ...process.env, GRPC_VERBOSITY: 'NONE', PYTHONPATH: root, TABLE_PORT: String(port), ...env },
      stdio: ['pipe', 'pipe', 'inherit'],
    })
    createInterface(this.#child.stdout).on('line', line => this.#answered(line))
    this.#child.on('close', code => {
      for (const { reject } of this.#waiting.values())
        reject(new Error(`the Python session ended with exit code ${code} before it answered`))
    })
  }

  /** Uploads the file at `path`, with an `upload-id` if one is given. */
  upload(
    path: string,
    { gzip = false, uploadId }: { gzip?: boolean; uploadId?: string } = {},
  ): Promise<Answer> {
    return this.#call({ call: 'upload', path, gzip, upload_id: uploadId ?? null })
  }

  /** Uploads the file at `path` and is answered with what became of it. */
  store(path: string, { uploadId, name }: { uploadId?: string; name?: string } = {}): Promise<Stored> {
    return this.#call({ call: 'store', path, upload_id: uploadId ?? null, name: name ?? null })
  }

  sum(column: string, format: string): Promise<Answer> {
    return this.#call({ call: 'sum', column, format })
  }

  /** Returns the total of a sum that must succeed. */
  async total(column: string, format: string): Promise<bigint> {
    const answer = await this.sum(column, format)
    if (answer.error !== '' || answer.total === undefined)
      throw new Error(`the sum of ${column} in ${format} ended with ${JSON.stringify(answer)}`)
    return BigInt(answer.total)
  }

  /** Resolves when every call under way is answered and the process has ended. */
  close(): Promise<void> {
    if (this.#child.exitCode !== null || this.#child.signalCode !== null) return Promise.resolve()
    return new Promise(resolve => {
      this.#child.on('close', () => resolve())
      this.#child.stdin.end()
    })
  }

  #call(call: object): Promise<Answer> {
    const id = this.#calls++
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject })
      this.#child.stdin.write(`${JSON.stringify({ id, ...call })}\n`)
    })
  }

  #answered(line: string): void {
    const { id, failure, ...answer } = JSON.parse(line)
    const call = this.#waiting.get(id)
    this.#waiting.delete(id)
    if (failure) call?.reject(new Error(failure))
    else call?.resolve(answer)
  }
}

/** Starts a session that ends with the running test. */
export function testSession(
  server: { port: number },
  environment?: Environment,
  env?: Record<string, string>,
): PythonSession {
  const session = new PythonSession(server.port, environment, env)
  onTestFinished(() => session.close())
  return session
}
