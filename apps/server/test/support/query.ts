import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { type Table, tableFromIPC } from 'apache-arrow'
import { afterAll, beforeAll, expect } from 'vitest'
import { defaultLimits, type Limits } from '../../src/config/limits.ts'
import { type RunningServer, startServer } from '../../src/server.ts'
import { called, listedIds, upload } from './server.ts'

export interface SharedServer {
  client: TableClient
  dataDir: string
  /** Makes these CSVs the only uploads. Returns their numbers. */
  holding(...csvs: string[]): Promise<bigint[]>
}

/** One server for all tests of a file: a query's process takes a while to start. */
export function sharedServer(limits: Partial<Limits> = {}): SharedServer {
  const dataDir = mkdtempSync(join(tmpdir(), 'table-server-'))
  let server: RunningServer | undefined
  const shared = { dataDir } as SharedServer
  shared.holding = async (...csvs) => {
    for (const id of await listedIds(shared.client))
      await called(shared.client, shared.client.deleteUpload, { id })
    for (const csv of csvs) expect(await upload(shared.client, csv)).toBe('')
    return listedIds(shared.client)
  }
  beforeAll(async () => {
    server = await startServer({
      hosts: ['127.0.0.1'],
      port: 0,
      dataDir,
      workers: 1,
      limits: { ...defaultLimits, ...limits },
    })
    shared.client = new TableClient(`127.0.0.1:${server.port}`, credentials.createInsecure())
  })
  afterAll(async () => {
    shared.client.close()
    await server?.stop()
    rmSync(dataDir, { recursive: true })
  })
  return shared
}

/** Resolves to the bytes of the answer. Rejects with the `error` of the answer or the status of a failed call. */
export function queried(client: TableClient, sql: string): Promise<Buffer> {
  const parts: Buffer[] = []
  let wrong = ''
  return new Promise((resolve, reject) => {
    client
      .query({ sql })
      .on('data', ({ arrow, error }) => {
        wrong ||= error
        parts.push(arrow)
      })
      .on('error', reject)
      .on('end', () => (wrong ? reject(new Error(wrong)) : resolve(Buffer.concat(parts))))
  })
}

export async function tableOf(client: TableClient, sql: string): Promise<Table> {
  return tableFromIPC(await queried(client, sql))
}

/** Resolves to the rows of the answer, each with its values in their order. */
export async function rowsOf(client: TableClient, sql: string): Promise<unknown[][]> {
  const table = await tableOf(client, sql)
  return table.toArray().map(row => Object.values(row.toJSON()))
}

/** Resolves to the error of the answer. */
export function errorOf(client: TableClient, sql: string): Promise<string> {
  return queried(client, sql).then(
    bytes => Promise.reject(new Error(`expected an error, found ${bytes.length} bytes for ${sql}`)),
    error => error.message,
  )
}

/** Returns the processes that answer SQL for the process `pid`. */
export function queryProcesses(pid: number): number[] {
  const path = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(path)) return []
  return readFileSync(path, 'utf8')
    .split(' ')
    .filter(child => child !== '' && /\/child\.[jt]s\b/.test(commandOf(child)))
    .map(Number)
}

function commandOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return '' // it has ended
  }
}
