// The assignment, in its own order and words: each test is named after the sentence that it checks.
import {
  copyFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs'
import { join } from 'node:path'
import { describe, expect, onTestFinished, test } from 'vitest'
import { form } from '../../testing/form.ts'
import { startContainer } from '../support/containerServer.ts'
import { startProcess } from '../support/processServer.ts'
import {
  type Environment,
  environments,
  type PythonSession,
  python,
  runPython,
  testSession,
} from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { bytesRead, names, peakMemory, storedFiles, type TestServer, threads } from '../support/server.ts'
import { stallUpload } from '../support/stalledUpload.ts'
import { startTarget, target } from '../support/target.ts'
import { testDirectory, testFile } from '../support/temporary.ts'

const pins =
  'grpcio==1.66.1 grpcio-tools==1.66.1 numpy==2.1.1 protobuf==5.27.2 pyarrow==17.0.0 setuptools==75.1.0'
const file1 = 'x,y,z\n1,2,3\n4,5,6\n'
const file2 = 'x,y\n5,10\n0,20\n'

describe('Part 1: Communication', () => {
  test.each(environments)(
    'what are the names of the imported gRPC modules? (%s packages)',
    async environment => {
      const stubs = await describeStubs(environment)
      expect(stubs.file).toBe('table.proto')
      if (environment === 'course') expect(stubs.versions).toEqual({ grpcio: '1.66.1', protobuf: '5.27.2' })
    },
  )

  test('what methods are called on the stubs?', async () => {
    const { package: name, methods, stub, servicer } = await describeStubs('course')
    expect(name).toBe('')
    const called = ['ColSum', 'Upload']
    // The course's clients do not know these.
    const others = [
      'DeleteUpload',
      'Describe',
      'Download',
      'GetUpload',
      'ListUploads',
      'Query',
      'Stats',
      'UploadStream',
    ]
    const all = [...called, ...others].sort()
    expect(methods).toMatchObject({
      Upload: ['UploadReq', 'UploadResp'],
      ColSum: ['ColSumReq', 'ColSumResp'],
    })
    expect(Object.keys(methods).sort()).toEqual(all)
    expect(stub).toEqual(all)
    expect(servicer).toEqual(all)
  })

  test('All field types will be strings, except total and csv_data, which should be int64 and bytes', async () => {
    // Later fields and messages may be of other types: the course's clients do not know them.
    expect((await describeStubs('course')).messages).toMatchObject({
      UploadReq: { csv_data: [1, 'bytes'] },
      UploadResp: { error: [1, 'string'] },
      ColSumReq: { column: [1, 'string'], format: [2, 'string'] },
      ColSumResp: { total: [1, 'int64'], error: [2, 'string'] },
    })
  })

  test('what port number do the clients use? This will determine the port that the server should use', async () => {
    for (const client of ['upload', 'csvsum', 'parquetsum', 'bigdata'])
      expect(readFileSync(join(root, `e2e/clients/${client}.py`), 'utf8')).toContain("'TABLE_PORT', '5440'")
    if (target === 'image') return // every container of this suite publishes its port 5440
    expect(await output('npm', ['start', '--silent', '--', '--help'])).toMatch(/--port.*5440/)
  })

  test(`pip3 install ${pins}`, () => {
    const requirements = readFileSync(join(root, 'e2e/requirements-course.txt'), 'utf8')
    expect(requirements.trim().split('\n').sort()).toEqual(pins.split(' ').sort())
  })

  test('use grpc_tools.protoc to build your .proto file', async () => {
    const directory = testDirectory()
    const out = [`--python_out=${directory}`, `--grpc_python_out=${directory}`]
    await output(python('course'), ['-m', 'grpc_tools.protoc', '-Ilibs/proto', ...out, 'table.proto'])
    for (const name of ['table_pb2.py', 'table_pb2_grpc.py'])
      expect(readFileSync(join(directory, name), 'utf8')).toBe(readFileSync(join(root, name), 'utf8'))
  })
})

describe('Part 1: Communication, with a server', () => {
  test.each(environments)(
    'start a server and use a client to get back a message via gRPC (%s packages)',
    async environment => {
      const { port } = await startTarget()
      expect(await runPython('clients/upload.py', [testFile(file1)], { port, environment })).toBe('success')
      expect(await runPython('clients/csvsum.py', ['x'], { port, environment })).toBe('5')
      expect(await runPython('clients/parquetsum.py', ['x'], { port, environment })).toBe('5')
    },
  )

  if (target === 'image')
    test('make code changes without rebuilding the image, using a volume mount', async () => {
      const source = `${join(root, 'apps/server/src')}:/app/apps/server/src:ro`
      const server = await startContainer({ options: ['-v', source] })
      onTestFinished(() => server.stop())
      await upload(server, file1)
    })
})

describe('Part 2: Upload', () => {
  // Has everything that a careless copy would lose: both line ends, quotes, blanks, no end of the last line.
  const odd = 'x,"the ""y""",z\r\n1, two words ,3\n\n4,"five\nsix",6'

  test('your program should write the CSV to a new file somewhere', async () => {
    const server = await startTarget()
    await upload(server, odd)
    const [csv] = await storedFiles(server)
    expect(readFileSync(csv as string, 'utf8')).toBe(odd)
  })

  test('the server must remember the path to the file', async () => {
    const server = await startTarget()
    for (let i = 0; i < 3; i++) await upload(server, file1)
    expect(await sum(server, 'csv', 'x')).toBe('15')
    expect(await sum(server, 'parquet', 'x')).toBe('15')
  })

  test('Your server should similarly write the same data to a parquet file somewhere', async () => {
    const server = await startTarget()
    await upload(server, odd)
    const [, parquet] = await storedFiles(server)
    const script =
      'import json, pyarrow.parquet, sys; print(json.dumps(pyarrow.parquet.read_table(sys.argv[1]).to_pydict()))'
    expect(JSON.parse(await output(python('course'), ['-c', script, parquet as string]))).toEqual({
      x: [1, 4],
      'the "y"': [' two words ', 'five\nsix'],
      z: [3, 6],
    })
  })

  test('The server will write two files for each uploaded CSV file', async () => {
    const server = await startTarget()
    await upload(server, file1)
    await upload(server, file2)
    expect(await names(server, 'files')).toEqual([
      '00000001.csv',
      '00000001.parquet',
      '00000002.csv',
      '00000002.parquet',
    ])
    expect(await names(server, 'incoming')).toEqual([])
  })
})

describe('Part 3: Column Sum', () => {
  test('upload file1.csv and file2.csv: csvsum.py x should print 10, z 9, w 0', async () => {
    const server = await startTarget()
    await upload(server, file1)
    await upload(server, file2)
    expect(await printed(server, 'csv', 'x')).toBe('10')
    expect(await printed(server, 'csv', 'z')).toBe('9')
    expect(await printed(server, 'csv', 'w')).toBe('0')
  })

  test('running csvsum.py x should produce the same number as parquetsum.py x', async () => {
    const server = await startTarget()
    await upload(server, file1)
    await upload(server, file2)
    expect(await printed(server, 'parquet', 'x')).toBe('10')
    expect(await printed(server, 'parquet', 'z')).toBe('9')
    expect(await printed(server, 'parquet', 'w')).toBe('0')
  })

  test('You can assume any column you sum over contains only integers', async () => {
    const server = await startTarget()
    await upload(server, 'x\n9007199254740993\n-9223372036854775808\n')
    expect(await sum(server, 'csv', 'x')).toBe('-9214364837600034815')
    expect(await sum(server, 'parquet', 'x')).toBe('-9214364837600034815')
  })

  test('do the summing over either the CSV or parquet files accordingly (not both)', async () => {
    const server = await startTarget()
    await upload(server, file1)
    await server.inside("printf 'x,y,z\\n9,2,3\\n9,5,6\\n' > files/00000001.csv")
    expect(await sum(server, 'csv', 'x')).toBe('18')
    expect(await sum(server, 'parquet', 'x')).toBe('5')
  })

  test('when summing over the column of a Parquet file, it should only read the data from that column', async () => {
    const server = await startTarget()
    await upload(server, unevenColumns(100_000))
    const session = sessionOf(server)
    const [csv, parquet] = (await storedFiles(server)).map(path => readFileSync(path).length) as [
      number,
      number,
    ]

    const reads = async (format: string, column: string) => {
      const before = await bytesRead(server)
      expect(await session.total(column, format)).toBe(BigInt(column === 'small' ? 100_000 : -50_000))
      return (await bytesRead(server)) - before
    }
    await reads('parquet', 'small') // the first read of a worker may load code
    expect(await reads('csv', 'small')).toBeGreaterThanOrEqual(csv)
    expect(await reads('parquet', 'large')).toBeGreaterThan(parquet / 2)
    expect(await reads('parquet', 'small')).toBeLessThan(parquet / 4)
  })

  test('512-MB limit on RAM: the total size of the files uploaded will exceed that limit', async () => {
    const server = await startTarget({ TABLE_WORKERS: '8' })
    // Long numbers: the time depends on how many there are, not on their digits.
    const path = testFile(`x,y,z\n${'1,1234567890123456789,-876543210987654321\n'.repeat(1_250_000)}`)
    const session = sessionOf(server)
    for (let i = 0; i < 11; i++) expect(await session.upload(path)).toEqual({ error: '' })
    expect(await session.total('x', 'csv')).toBe(13_750_000n)
    expect(await session.total('x', 'parquet')).toBe(13_750_000n)
    expect(await peakMemory(server)).toBeLessThan(512)
  })
})

describe('Part 4: Locking', () => {
  test('Set max_workers to 8 so that gRPC will create 8 threads', async () => {
    const one = await startTarget({ TABLE_WORKERS: '1' })
    const eight = await startTarget({ TABLE_WORKERS: '8' })
    expect((await busyThreads(eight)) - (await busyThreads(one))).toBe(7)
  })

  test('hold a lock whenever accessing any shared data structures, including the list(s) of files', async () => {
    const server = await startTarget()
    const session = sessionOf(server)
    const path = testFile(file1)
    const calls = Array.from({ length: 48 }, (_, i) =>
      i % 3 ? session.upload(path) : session.total('x', i % 2 ? 'csv' : 'parquet'),
    )
    for (const result of await Promise.all(calls)) {
      if (typeof result === 'bigint') expect(result % 5n).toBe(0n)
      else expect(result).toEqual({ error: '' })
    }
    expect(await session.total('x', 'csv')).toBe(32n * 5n)
    expect(await session.total('x', 'parquet')).toBe(32n * 5n)
    expect(await names(server, 'files')).toHaveLength(64)
  })

  test('Ensure the lock is released properly, even when there is an exception', async () => {
    const server = await startTarget()
    const session = sessionOf(server)
    await upload(server, 'x,word\n1,one\n')
    const ragged = testFile('x,y\n1\n')
    for (let i = 0; i < 20; i++) {
      expect((await session.upload(ragged)).error).not.toBe('')
      expect((await session.sum('word', 'csv')).error).not.toBe('')
      expect((await session.sum('x', 'json')).error).not.toBe('')
    }
    await upload(server, 'x\n2\n')
    expect(await sum(server, 'csv', 'x')).toBe('3')
  })

  test('your code must NOT hold the lock when writing files', async () => {
    const server = await startTarget()
    const stalled = await stallUpload(server.port, `x,y,z\n${'1,2,3\n'.repeat(100_000)}`)
    await expect.poll(() => names(server, 'incoming')).toEqual(['00000001.csv'])
    await upload(server, file2)
    expect(await sum(server, 'csv', 'x')).toBe('5')
    await stalled.finish()
    expect(await sum(server, 'csv', 'x')).toBe('100005')
  })

  test('your code must NOT hold the lock when reading files', async () => {
    const server = await startTarget()
    await upload(server, file1)
    const session = sessionOf(server)
    expect(await session.total('x', 'csv')).toBe(5n)

    // Opening a pipe to read waits until somebody opens it to write.
    await server.inside('mv files/00000001.csv csv; mkfifo files/00000001.csv')
    let answered = false
    const reading = session.sum('x', 'csv').finally(() => {
      answered = true
    })
    await upload(server, file2)
    expect(await sum(server, 'parquet', 'x')).toBe('10')
    expect(answered).toBe(false)
    await server.inside('cat csv > files/00000001.csv || true')
    await reading
  })
})

describe('Grading', () => {
  test('run python3 bigdata.py: sum over x', async () => {
    const server = await startTarget()
    await runPython('clients/bigdata.py', ['--batches', '8', '--rows', '250000'], { port: server.port })
    for (const format of ['csv', 'parquet']) {
      expect(await sum(server, format, 'x')).toBe('2000000')
      expect(await sum(server, format, 'y')).toBe('249999000000')
      expect(await sum(server, format, 'z')).toBe('7999000000')
    }
  })
})

describe('Submission', () => {
  test('git clone, copy in the client programs, run the server, run the clients', async () => {
    const clone = join(testDirectory(), 'clone')
    await output('git', ['clone', '--quiet', root, clone])
    for (const client of readdirSync(join(root, 'e2e/clients')))
      copyFileSync(join(root, 'e2e/clients', client), join(clone, client))
    writeFileSync(join(clone, 'simple.csv'), file1)
    // The other forms install the packages, compile the kernels and build the page, which takes half a minute.
    if (form === 'short' && target === 'process') await copySetup(clone)

    const server = target === 'image' ? await dockerLines(clone) : await startProcess({ clone })
    onTestFinished(() => server.stop())

    const env = { TABLE_PORT: String(server.port) }
    const line = (client: string, arg: string) => output(python('course'), [client, arg], { cwd: clone, env })
    expect(await line('upload.py', 'simple.csv')).toBe('success')
    expect(await line('csvsum.py', 'x')).toBe('5')
    expect(await line('parquetsum.py', 'x')).toBe('5')
  })

  test('Do NOT include the venv directory', async () => {
    const committed = await output('git', ['ls-files'])
    expect(committed).toContain('table_pb2_grpc.py')
    expect(committed).not.toMatch(/venv.*\/bin\//)
  })
})

/** Runs the assignment's two lines: `docker build . -t p3` and `docker run -d -m 512m -p 127.0.0.1:5440:5440 p3`. */
async function dockerLines(clone: string): Promise<TestServer> {
  await output('docker', ['build', '.', '-t', 'p3'], { cwd: clone })
  return startContainer({ tag: 'p3', publish: '127.0.0.1:5440:5440' })
}

/** Gives a clone what `npm start` would make: the packages, the kernels and the page. */
async function copySetup(clone: string): Promise<void> {
  const folders = await output('git', ['ls-files', 'package.json', '*/package.json'])
  for (const folder of folders.split('\n').map(path => join(path, '../node_modules')))
    if (existsSync(join(root, folder))) linkPackages(join(root, folder), join(clone, folder))
  // Copies look newer than the sources that Git has just written.
  for (const made of ['node_modules/.package-lock.json', 'libs/kernels/build', 'apps/console/dist'])
    if (existsSync(join(root, made))) cpSync(join(root, made), join(clone, made), { recursive: true })
}

/** Links each package of a `node_modules`. Our own are links already: they then lead to the sources of the clone. */
function linkPackages(from: string, to: string): void {
  mkdirSync(to)
  for (const entry of readdirSync(from, { withFileTypes: true })) {
    const [original, name] = [join(from, entry.name), join(to, entry.name)]
    if (entry.name === '@table' || entry.isSymbolicLink())
      cpSync(original, name, { recursive: true, verbatimSymlinks: true })
    else if (entry.isDirectory()) symlinkSync(original, name)
  }
}

async function describeStubs(environment: Environment) {
  return JSON.parse(await runPython('python/describe_stubs.py', [], { environment }))
}

const sessions = new WeakMap<TestServer, PythonSession>()

/** Returns the Python process in which a test makes all its calls: starting one for each call would take most of the test's time. */
function sessionOf(server: TestServer): PythonSession {
  const session = sessions.get(server) ?? testSession(server)
  sessions.set(server, session)
  return session
}

async function upload(server: TestServer, csv: string): Promise<void> {
  expect(await sessionOf(server).upload(testFile(csv))).toEqual({ error: '' })
}

async function sum(server: TestServer, format: string, column: string): Promise<string> {
  return String(await sessionOf(server).total(column, format))
}

/** Returns what csvsum.py or parquetsum.py prints. */
function printed(server: TestServer, format: string, column: string): Promise<string> {
  return runPython(`clients/${format}sum.py`, [column], server)
}

/** Returns the threads of a server that has had more to do at once than it has workers. */
async function busyThreads(server: TestServer): Promise<number> {
  const session = sessionOf(server)
  const path = testFile(file1)
  for (const answer of await Promise.all(Array.from({ length: 24 }, () => session.upload(path))))
    expect(answer).toEqual({ error: '' })
  return threads(server)
}

/** Returns a CSV whose `small` is always 1 and whose `large` looks random, with neighbours that add up to -1. */
function unevenColumns(rows: number): string {
  let csv = 'small,large\n'
  for (let i = 0n; i < rows; i += 2n) {
    const large = BigInt.asIntN(63, i * 0x9e3779b97f4a7c15n)
    csv += `1,${large}\n1,${-large - 1n}\n`
  }
  return csv
}
