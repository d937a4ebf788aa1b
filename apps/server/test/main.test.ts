import { writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { credentials } from '@grpc/grpc-js'
import { TableClient } from '@table/proto'
import { describe, expect, onTestFinished, test } from 'vitest'
import { spawnServer } from './support/process.ts'
import { columnSum, connectClient, temporaryDirectory, upload } from './support/server.ts'

describe('wrong usage ends with one line and exit code 2', () => {
  test.each([
    [['--port', 'x'], {}, /'--port <number>' argument 'x' is invalid.*whole number from 0 to 65535/],
    [['--port', '65536'], {}, /65536.*whole number from 0 to 65535/],
    [['--port', '1e3'], {}, /1e3.*whole number from 0 to 65535/],
    [['--workers', '0'], {}, /'--workers <number>' argument '0'.*whole number from 1/],
    [['--max-field', '17MiB'], {}, /17MiB.*bytes from 1 to 16777216, such as/],
    [['--max-upload', '1,5GiB'], {}, /1,5GiB.*such as 1000, 64KiB, 10MiB or 2GiB/],
    [['--max-uploads', '0'], {}, /whole number from 1 to 65536/],
    [[], { TABLE_IDLE_TIMEOUT: '60s' }, /'60s' from env 'TABLE_IDLE_TIMEOUT'.*whole number/],
    [[], { TABLE_PORT: 'http' }, /'http' from env 'TABLE_PORT'.*whole number/],
    [['--host', ''], {}, /--host.*Expected an address/],
    [['--prot', '1'], {}, /unknown option '--prot'/],
    [['data'], {}, /too many arguments/],
  ])('%j %j', async (args, env, message) => {
    const { code, stdout, stderr } = await spawnServer({ args, env }).exited
    expect(stderr.trim()).toMatch(message)
    expect(stderr).not.toContain('    at ')
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' })
  })
})

describe('a refusal to start is one line and exit code 1', () => {
  test('the port is taken', async () => {
    const other = createServer().listen(0, '127.0.0.1')
    onTestFinished(() => void other.close())
    await new Promise(resolve => other.once('listening', resolve))
    const { port } = other.address() as { port: number }
    const args = ['--port', String(port), '--data-dir', temporaryDirectory()]
    const { code, stdout, stderr } = await spawnServer({ args }).exited
    expect(stderr).toBe(
      `error: port ${port} of 127.0.0.1 is taken by another process: stop that process, or choose another port with --port\n`,
    )
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' })
  })

  test('the host is not of this machine', async () => {
    const args = ['--host', '192.0.2.1', '--port', '0', '--data-dir', temporaryDirectory()]
    const { code, stderr } = await spawnServer({ args }).exited
    expect(stderr).toMatch(/^error: 192\.0\.2\.1 is not an address of this machine.*--host\n$/)
    expect(code).toBe(1)
  })

  test('the data directory cannot be used', async () => {
    const file = join(temporaryDirectory(), 'file')
    writeFileSync(file, '')
    const { code, stderr } = await spawnServer({ dataDir: join(file, 'data') }).exited
    expect(stderr).toMatch(/^error: cannot keep data in .*\n$/)
    expect(code).toBe(1)
  })

  test('the limit of open files is too low', async () => {
    const { code, stderr } = await spawnServer({ under: ['prlimit', '--nofile=80'], workers: 8 }).exited
    expect(stderr).toBe(
      'error: this process may have 80 files open, 8 workers need 160: raise the limit (ulimit -n), or give fewer --workers\n',
    )
    expect(code).toBe(1)
  })

  test('another process serves the data directory', async () => {
    const first = spawnServer()
    await first.ready
    const { code, stderr } = await spawnServer({ dataDir: first.dataDir }).exited
    expect(stderr).toMatch(/^error: the data directory .* is served by another process.*\n$/)
    expect(code).toBe(1)
  })
})

test('says where it listens, in one line, and serves IPv4 and IPv6 there', async () => {
  const { child, ready, exited } = spawnServer()
  const { line, port } = await ready
  expect(line).toBe(`listening on 127.0.0.1:${port}`)
  expect(await upload(connectClient(port), 'x\n1\n2\n')).toBe('')
  for (const host of ['127.0.0.1', '[::1]', 'localhost']) {
    const client = new TableClient(`${host}:${port}`, credentials.createInsecure())
    expect(await columnSum(client, 'x')).toBe(3n)
    client.close()
  }
  child.kill()
  expect(await exited).toEqual({ code: 0, stdout: `${line}\n`, stderr: '' })
})

test('takes its flags from the environment, and IPv4 on --host ::', async () => {
  const dataDir = temporaryDirectory()
  const env = { TABLE_HOST: '::', TABLE_PORT: '0', TABLE_DATA_DIR: dataDir, TABLE_WORKERS: '1' }
  const { line, port } = await spawnServer({ args: [], env }).ready
  expect(line).toBe(`listening on [::]:${port}`)
  expect(await upload(connectClient(port), 'x\n1\n')).toBe('')
})

test('serves what an earlier run has stored', async () => {
  const first = spawnServer()
  expect(await upload(connectClient((await first.ready).port), 'x\n41\n')).toBe('')
  first.child.kill()
  await first.exited
  const second = spawnServer({ dataDir: first.dataDir })
  const client = connectClient((await second.ready).port)
  expect(await upload(client, 'x\n1\n')).toBe('')
  expect(await columnSum(client, 'x', 'parquet')).toBe(42n)
})
