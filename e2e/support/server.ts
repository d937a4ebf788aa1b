import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { testDirectory } from './temporary.ts'

/** A running server, in a process or a container. */
export interface TestServer {
  /** The port on `localhost`. */
  port: number
  /** The id of the server's process, as `inside` sees it. */
  pid: number
  /** Runs a shell command beside the server, in its data directory. Resolves to what the command prints. */
  inside(command: string): Promise<Buffer>
  /** Stops the server as an operator would, and removes its data. */
  stop(): Promise<void>
}

/** Returns the sorted names in a folder of the data directory. */
export async function names(server: TestServer, folder: 'files' | 'incoming'): Promise<string[]> {
  const listing = (await server.inside(`ls ${folder}`)).toString()
  return listing.split('\n').filter(Boolean)
}

/** Copies everything in `files` to a directory of the running test. Returns the paths of the copies, sorted by name. */
export async function storedFiles(server: TestServer): Promise<string[]> {
  const directory = testDirectory()
  const copies = []
  for (const name of await names(server, 'files')) {
    const copy = join(directory, name)
    writeFileSync(copy, await server.inside(`cat files/${name}`))
    copies.push(copy)
  }
  return copies
}

/** Returns how many bytes the server's process has read so far, from files and sockets. */
export async function bytesRead(server: TestServer): Promise<number> {
  return field(await server.inside(`cat /proc/${server.pid}/io`), 'rchar')
}

export async function threads(server: TestServer): Promise<number> {
  return field(await server.inside(`cat /proc/${server.pid}/status`), 'Threads')
}

/** Returns the most resident memory that the server's process ever had, in MB (of 2^20 bytes). */
export async function peakMemory(server: TestServer): Promise<number> {
  return Math.round(field(await server.inside(`cat /proc/${server.pid}/status`), 'VmHWM') / 1024)
}

function field(status: Buffer, name: string): number {
  const found = new RegExp(`^${name}:\\s*(\\d+)`, 'm').exec(status.toString())
  if (!found) throw new Error(`no ${name} in ${status}`)
  return Number(found[1])
}
