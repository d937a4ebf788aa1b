import { spawn } from 'node:child_process'
import { announcedPort } from './announcedPort.ts'
import { output, outputBytes } from './run.ts'
import type { TestServer } from './server.ts'

/** The image that the suite builds from this repository. */
export const image = 'table-e2e'

export interface ContainerServer extends TestServer {
  container: string
}

interface ContainerOptions {
  tag?: string
  /** Where the container's port is published, as `docker run -p` takes it. */
  publish?: string
  env?: Record<string, string>
  /** Further options of `docker run`. */
  options?: string[]
}

/** Starts the image with the assignment's options, but on a free port. Resolves when the server listens. */
export async function startContainer({
  tag = image,
  publish = '127.0.0.1:0:5440',
  env = {},
  options = [],
}: ContainerOptions = {}): Promise<ContainerServer> {
  const variables = Object.entries(env).flatMap(([name, value]) => ['-e', `${name}=${value}`])
  const run = ['run', '-d', '-m', '512m', '-p', publish, ...variables, ...options, tag]
  const container = await output('docker', run)
  try {
    await listening(container)
    return {
      container,
      port: await publishedPort(container),
      pid: 1,
      inside: command => outputBytes('docker', ['exec', '-w', '/data', container, 'sh', '-c', command]),
      stop: () => remove(container),
    }
  } catch (error) {
    await remove(container)
    throw error
  }
}

/** Returns the port of this machine that leads to the container's server. A free port changes with each start. */
export async function publishedPort(container: string): Promise<number> {
  const address = await output('docker', ['port', container, '5440/tcp'])
  return Number(address.split(':').at(-1))
}

/** Follows the log of a container's latest start until the log says that the server is ready. */
export async function listening(container: string): Promise<void> {
  const since = await inspect(container, '.State.StartedAt')
  const log = spawn('docker', ['logs', '--follow', '--since', since, container])
  await announcedPort(log)
  log.kill()
}

/** Returns what `docker inspect` says at `path`, such as `.State.OOMKilled`. */
export async function inspect(container: string, path: string): Promise<string> {
  return output('docker', ['inspect', '--format', `{{${path}}}`, container])
}

/** Removes a container with its anonymous volumes. */
export async function remove(container: string): Promise<void> {
  await output('docker', ['rm', '--force', '--volumes', container])
}
