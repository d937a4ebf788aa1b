import { type ChildProcess, spawn } from 'node:child_process'
import { existsSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, expect, onTestFinished } from 'vitest'
import { program, serverProgram } from '../../../../testing/program.ts'
import { NODE_FLAGS } from '../../src/config/tuning.ts'
import { connectClient, eventually, temporaryDirectory } from './server.ts'

export interface ServerProcess {
  child: ChildProcess
  dataDir: string
  /** Resolves to the line that says that the server is ready. Rejects if the process ends before. */
  ready: Promise<{ line: string; port: number }>
  exited: Promise<{ code: number | null; stdout: string; stderr: string }>
}

interface Options {
  args?: string[]
  env?: Record<string, string>
  dataDir?: string
  /** A module of `test/hooks` that every thread of the server loads first. */
  hook?: string
  workers?: number
  /** A command that runs the server. */
  under?: string[] | undefined
  /** The program of the server, in place of ours. */
  main?: string
  /** Whether the server is for all tests of the file. It then needs a data directory of the file. */
  forFile?: boolean
}

/** Starts the server as a process of its own, on a free port unless `args` say otherwise. */
export function spawnServer({
  args,
  env,
  dataDir = temporaryDirectory(),
  hook,
  workers = 1,
  under = [],
  main,
  forFile = false,
}: Options = {}): ServerProcess {
  const preload = hook ? ['--import', program(`apps/server/test/hooks/${hook}`)] : []
  const flags = args ?? ['--port', '0', '--data-dir', dataDir, '--workers', String(workers)]
  const node = [process.execPath, ...preload, ...(main ? [...NODE_FLAGS, main] : serverProgram()), ...flags]
  const [command = '', ...rest] = [...under, ...node]
  const child = spawn(command, rest, { env: { ...process.env, ...env } })
  const atEnd = forFile ? afterAll : onTestFinished
  atEnd(() => {
    child.kill('SIGKILL')
  })
  let stdout = ''
  let stderr = ''
  child.stderr.on('data', data => {
    stderr += data
  })
  const exited = new Promise<Awaited<ServerProcess['exited']>>(resolve => {
    child.on('close', code => resolve({ code, stdout, stderr }))
  })
  const ready = new Promise<Awaited<ServerProcess['ready']>>((resolve, reject) => {
    child.stdout.on('data', data => {
      stdout += data
      const [line, port] = /^listening on \S+:(\d+)$/m.exec(stdout) ?? []
      if (line) resolve({ line, port: Number(port) })
    })
    void exited.then(({ code }) => reject(new Error(`the server exited with ${code}: ${stderr}`)))
  })
  ready.catch(() => {})
  return { child, dataDir, ready, exited }
}

/** Starts a server whose workers stop at `moment` between `hold` and `release`. */
export async function spawnHeldServer(moment: string, workers = 1) {
  const fuse = join(temporaryDirectory(), 'fuse')
  const server = spawnServer({ hook: 'hold.ts', env: { MOMENT: moment, FUSE: fuse }, workers })
  const { port } = await server.ready
  const client = connectClient(port)
  const held = () => eventually(() => expect(existsSync(`${fuse}.holds`)).toBe(true))
  return {
    ...server,
    port,
    client,
    hold: () => writeFileSync(fuse, ''),
    held,
    /**
     * Returns how a call ends whose deadline passes while the worker is held. If the deadline passes too
     * early on a busy machine, repeats the call with twice the deadline.
     */
    late: async <T>(call: (soon: () => { deadline: number }) => Promise<T>): Promise<T> => {
      for (let ms = 500; ; ms *= 2) {
        const end = call(() => ({ deadline: Date.now() + ms }))
        const isHeld = await Promise.race([held().then(() => true), end.then(() => false)])
        if (isHeld) return end
      }
    },
    release: () => rmSync(fuse),
    count: () => statSync(`${fuse}.count`).size,
  }
}

/** A line of the log. */
export interface LogLine {
  level: string
  msg: string
  [field: string]: unknown
}

/** Returns the lines of the log that a server has written to stderr. */
export function linesOf(stderr: string): LogLine[] {
  return stderr
    .split('\n')
    .filter(line => line !== '')
    .map(line => JSON.parse(line))
}
