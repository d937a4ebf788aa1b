import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import {
  type Contents,
  findUpload,
  listUnsynced,
  listUploads,
  readContents,
} from '../../src/catalogue/database.ts'
import { removeUploads } from '../../src/directory/removal.ts'
import { fileSize, observeFileOperations } from '../../src/files.ts'
import { Arrival } from '../../src/ingest/arrival.ts'
import { commitArrivingUpload, commitUpload, settleUpload } from '../../src/ingest/commit.ts'
import { syncUnsynced } from '../../src/ingest/smallUploads.ts'
import { filesDirectory, formats, storedFile } from '../../src/paths.ts'
import {
  incomingNames,
  opened,
  operationsOf,
  receive,
  storedNames,
  temporaryDirectory,
  thrown,
} from '../support/directories.ts'

const csv = 'x,name\r\n1,"a, b"\r\n2,\r\n'
/** Larger than what a row takes in. */
const largeCsv = `x,name\n${'1,"a, b"\n'.repeat(10_000)}`
const receivedAt = '2026-01-02T03:04:05.678Z'

test('a commit leaves the CSV byte for byte, a Parquet file, a row, and nothing in incoming', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, csv)
  const { warnings, ...upload } = commitUpload(store.dataDir, id, receivedAt, { name: 'größe; [1].csv' })
  expect(warnings).toEqual([])
  expect(upload).toEqual({
    id,
    receivedAt,
    name: 'größe; [1].csv',
    rows: 2,
    csvBytes: csv.length,
    parquetBytes: fileSize(storedFile(store.dataDir, id, 'parquet')),
    footerBytes: expect.any(Number),
    footerCrc: expect.any(Number),
    rowGroups: 1,
    csvCuts: [],
    columns: [
      { name: 'x', type: 'int64' },
      { name: 'name', type: 'text' },
    ],
    schema: 1,
  })
  expect(readFileSync(storedFile(store.dataDir, id, 'csv'), 'utf8')).toBe(csv)
  expect(
    readFileSync(storedFile(store.dataDir, id, 'parquet'))
      .subarray(-4)
      .toString(),
  ).toBe('PAR1')
  expect(listUploads(store.dataDir)).toEqual([upload])
  expect(storedNames(store.dataDir)).toEqual(['00000001.csv', '00000001.parquet'])
  expect(incomingNames(store.dataDir)).toEqual([])
})

test('of an upload that stops arriving, what was converted is removed', async () => {
  const store = opened(temporaryDirectory())
  const long = `x\n${'1\n'.repeat(400_000)}`
  const id = await receive(store, long)
  const arrival = new Arrival()
  arrival.add(long.length)
  const operations = operationsOf(() =>
    expect(commitArrivingUpload(store.dataDir, id, receivedAt, arrival)).toBeUndefined(),
  )
  expect(operations).toContain('create 00000001.parquet')
  expect(incomingNames(store.dataDir)).toEqual(['00000001.csv'])
})

test('an upload that is abandoned before it is on the disk leaves the file of its successor alone', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, largeCsv)
  const arrival = new Arrival()
  arrival.add(largeCsv.length)
  arrival.complete()
  observeFileOperations(({ kind }) => {
    if (kind === 'write') arrival.abandon()
  })
  expect(commitArrivingUpload(store.dataDir, id, receivedAt, arrival)).toBeUndefined()
  expect(incomingNames(store.dataDir)).toEqual(['00000001.csv'])
  expect(listUploads(store.dataDir)).toEqual([])
})

test('content and names are on the disk before the row, also of what was held', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, largeCsv)
  const operations = operationsOf(() => commitUpload(store.dataDir, id, receivedAt))
  // Whether the catalogue is still the one, before and after the commit.
  const looked = ['identity catalogue.db', 'identity catalogue.db-wal']
  const names = ['rename 00000001.csv', 'rename 00000001.parquet']
  const synced = ['sync 00000001.parquet', 'sync files', 'insert catalogue.db', ...looked, ...looked]
  expect(operations.slice(operations.indexOf('rename 00000001.csv'))).toEqual([...names, ...synced])

  const held = operationsOf(() => commitUpload(store.dataDir, 2, receivedAt, { held: Buffer.from(largeCsv) }))
  expect(held.slice(held.indexOf('rename 00000002.csv')).map(name => name.replace('2.', '1.'))).toEqual([
    ...names,
    'sync 00000001.csv',
    ...synced,
  ])
  expect(listUnsynced(store.dataDir)).toEqual([])
})

test('what the files of a small upload hold is in its row, until they are on the disk', async () => {
  const store = opened(temporaryDirectory())
  const id = await store.catalogue.reserve()
  const operations = operationsOf(() =>
    commitUpload(store.dataDir, id, receivedAt, { held: Buffer.from(csv) }),
  )
  expect(operations.filter(operation => operation.startsWith('sync'))).toEqual([])
  expect(operations.filter(operation => !operation.startsWith('identity')).at(-1)).toBe('insert catalogue.db')
  const parquet = readFileSync(storedFile(store.dataDir, id, 'parquet'))
  const contents = readContents(store.dataDir, id) as Contents
  expect(Buffer.from(contents.csv).toString()).toBe(csv)
  expect(Buffer.from(contents.parquet)).toEqual(parquet)

  expect(operationsOf(() => syncUnsynced(store.dataDir))).toEqual([
    'read catalogue.db',
    'sync 00000001.csv',
    'sync 00000001.parquet',
    'sync files',
    'insert catalogue.db',
    'identity catalogue.db',
    'identity catalogue.db-wal',
    'identity catalogue.db',
    'identity catalogue.db-wal',
  ])
  expect(listUnsynced(store.dataDir)).toEqual([])
  expect(operationsOf(() => syncUnsynced(store.dataDir))).toEqual(['read catalogue.db'])
})

test('a start writes the files of small uploads again that a power cut took or spoiled', async () => {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir)
  const ids = [await receive(store, csv), await receive(store, csv), await receive(store, csv)]
  for (const id of ids) commitUpload(dataDir, id, receivedAt)
  const paths = ids.flatMap(id => formats.map(format => storedFile(dataDir, id, format)))
  const contents = paths.map(path => readFileSync(path))
  store.close()
  rmSync(paths[0] as string)
  writeFileSync(paths[1] as string, '')
  writeFileSync(paths[2] as string, Buffer.alloc(contents[2]?.length ?? 0))
  opened(dataDir)
  expect(paths.map(path => readFileSync(path))).toEqual(contents)
  expect(listUnsynced(dataDir)).toEqual(ids)
})

test.each([
  ['small', csv],
  ['large', largeCsv],
])(
  'whichever operation fails, nothing of a %s upload is left and the next commit works',
  async (_, csv) => {
    const store = opened(temporaryDirectory())
    const first = await receive(store, csv)
    const operations = operationsOf(() => commitUpload(store.dataDir, first, receivedAt))
    expect(operations.length).toBeGreaterThan(8)

    for (const [failing, name] of operations.entries()) {
      const id = await receive(store, csv)
      const failure = new Error(`failed on purpose: ${name}`)
      let done = 0
      observeFileOperations(() => {
        if (done++ === failing) throw failure
      })
      const error = thrown(() => commitUpload(store.dataDir, id, receivedAt))
      observeFileOperations(undefined)
      if (error.code === 'undecided') {
        // The row is in, and so are the files.
        expect(failing).toBeGreaterThan(operations.lastIndexOf('insert catalogue.db'))
        expect(findUpload(store.dataDir, id)).toBeDefined()
        removeUploads(store.dataDir, [id])
        continue
      }
      expect(error).toBe(failure)
      expect(incomingNames(store.dataDir), name).toEqual([])
      expect(storedNames(store.dataDir), name).toEqual(['00000001.csv', '00000001.parquet'])
      expect(findUpload(store.dataDir, id), name).toBeUndefined()
    }

    const last = await receive(store, csv)
    commitUpload(store.dataDir, last, receivedAt)
    expect(listUploads(store.dataDir).map(upload => upload.id)).toEqual([first, last])
  },
  30_000,
)

test('a failure is told even if what it left cannot be removed, and the next start takes it away', async () => {
  const dataDir = temporaryDirectory()
  const store = opened(dataDir)
  const id = await receive(store, csv)
  observeFileOperations(({ kind }) => {
    if (kind === 'insert' || kind === 'remove') throw new Error(`no ${kind}`)
  })
  expect(thrown(() => commitUpload(dataDir, id, receivedAt)).message).toBe('no insert')
  observeFileOperations(undefined)
  expect(storedNames(dataDir)).toHaveLength(2)
  store.close()
  opened(dataDir, () => {})
  expect(storedNames(dataDir)).toEqual([])
})

test('a CSV that breaks a rule is refused and nothing of it is left', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, 'x,y\n1,2\n3\n')
  expect(thrown(() => commitUpload(store.dataDir, id, receivedAt)).code).toBe('invalid')
  expect([...incomingNames(store.dataDir), ...storedNames(store.dataDir)]).toEqual([])
  expect(listUploads(store.dataDir)).toEqual([])
})

test.each([
  ['received into a file', false],
  ['held in memory', true],
])('an upload that takes much memory, %s, stays until it is converted alone', async (_, isHeld) => {
  const store = opened(temporaryDirectory())
  const wide = `${Array.from({ length: 1001 }, (_, i) => `c${i}`)}\n${'1,'.repeat(1000)}1\n`
  const id = await receive(store, wide)
  const held = isHeld ? Buffer.from(wide) : undefined
  const commit = (alone: boolean) => commitUpload(store.dataDir, id, receivedAt, { held, alone })
  expect(thrown(() => commit(false)).code).toBe('heavy')
  expect(incomingNames(store.dataDir)).toEqual(['00000001.csv'])
  expect(commit(true)).toMatchObject({ id, rows: 1, csvBytes: wide.length })
  expect(readFileSync(storedFile(store.dataDir, id, 'csv'), 'utf8')).toBe(wide)
})

test('a commit of an id that has no received file leaves the committed upload of that id alone', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, csv)
  const { warnings, ...upload } = commitUpload(store.dataDir, id, receivedAt)
  expect(thrown(() => commitUpload(store.dataDir, id, receivedAt)).code).toBe('ENOENT')
  expect(storedNames(store.dataDir)).toHaveLength(2)
  expect(listUploads(store.dataDir)).toEqual([upload])
})

test('a cancelled upload is not committed, until its row is', async () => {
  const store = opened(temporaryDirectory())
  /** Cancels right before the operation of this name. */
  const cancelledAt = async (operation: string) => {
    const id = await receive(store, csv)
    const cancellation = new Int32Array(new SharedArrayBuffer(4))
    observeFileOperations(({ kind }) => {
      if (kind === operation) cancellation[0] = 1
    })
    try {
      return commitUpload(store.dataDir, id, receivedAt, { cancellation }).id
    } catch (error) {
      return (error as { code: string }).code
    } finally {
      observeFileOperations(undefined)
    }
  }
  expect(await cancelledAt('open')).toBe('cancelled')
  expect(await cancelledAt('rename')).toBe('cancelled')
  expect([...incomingNames(store.dataDir), ...storedNames(store.dataDir)]).toEqual([])
  expect(await cancelledAt('insert')).toBe(3)
  expect(listUploads(store.dataDir).map(upload => upload.id)).toEqual([3])
})

test('settling an upload whose row is committed returns it and leaves its files', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, csv)
  const upload = commitUpload(store.dataDir, id, receivedAt)
  expect(settleUpload(store.dataDir, id)).toEqual(upload)
  expect(storedNames(store.dataDir)).toHaveLength(2)
})

test.each(['open', 'rename', 'insert'])('settling removes what a death before %s left', async kind => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, csv)
  // As if dead: from the first failure on nothing works, so the commit cannot clean up.
  let dead = false
  observeFileOperations(operation => {
    dead ||= operation.kind === kind
    if (dead) throw new Error('dead')
  })
  expect(thrown(() => commitUpload(store.dataDir, id, receivedAt)).message).toBe('dead')
  observeFileOperations(undefined)
  expect(incomingNames(store.dataDir).length + storedNames(store.dataDir).length).toBeGreaterThan(0)
  expect(settleUpload(store.dataDir, id)).toBeUndefined()
  expect([...incomingNames(store.dataDir), ...storedNames(store.dataDir)]).toEqual([])
})

test('the files directory is the one that is synced', async () => {
  const store = opened(temporaryDirectory())
  const id = await receive(store, largeCsv)
  const synced: string[] = []
  observeFileOperations(({ kind, path }) => {
    if (kind === 'sync') synced.push(path)
  })
  commitUpload(store.dataDir, id, receivedAt)
  expect(synced.at(-1)).toBe(filesDirectory(store.dataDir))
})
