#!/usr/bin/env node
// The command `table-server` of the npm package. It does what `apps/server/start` does, without a shell: it
// replaces its own process with a Node that has the settings of `config/tuning.ts`. The process keeps its
// number, so signals reach the server and its exit code is the command's.
import { fileURLToPath } from 'node:url'
import { isTuned, MALLOC_VARIABLES, NODE_FLAGS } from './config/tuning.ts'

/** How often the server looks whether npx still runs, in ms. */
const PARENT_CHECKS = 500

if (!isTuned) {
  const { execPath, argv } = process
  const variables = Object.fromEntries(MALLOC_VARIABLES.map(setting => setting.split('=')))
  // Node 22 warns that `execve` and SQLite are experimental.
  const flags = [...NODE_FLAGS, '--disable-warning=ExperimentalWarning']
  process.execve?.(execPath, [execPath, ...flags, fileURLToPath(import.meta.url), ...argv.slice(2)], {
    ...process.env,
    ...variables,
  })
  console.error(
    `error: found Node ${process.version} on ${process.platform}, expected Node 22.15 or newer on Linux or macOS`,
  )
  process.exit(1)
}
// npx starts a shell, and a SIGTERM for npx ends that shell without reaching the server.
const shell = process.ppid
if (process.env.npm_command === 'exec')
  setInterval(() => {
    if (process.ppid !== shell) process.kill(process.pid, 'SIGTERM')
  }, PARENT_CHECKS).unref()

const { run } = await import('./run.ts')
await run()
