import { gzipSync } from 'node:zlib'
import { plainCsv } from '@table/dialect'
import { describe, expect, test } from 'vitest'
import { ApiError } from '../src/api/problem.ts'
import { fieldSpan, linesAround } from '../src/upload/lines.ts'
import { Pace } from '../src/upload/pace.ts'
import { bodyOf, dialectFor, firstBlock, isPlain } from '../src/upload/prepare.ts'
import { UploadQueue } from '../src/upload/queue.ts'
import { guessType } from '../src/upload/types.ts'

async function* chunks(text: string, size: number): AsyncGenerator<Uint8Array> {
  const bytes = new TextEncoder().encode(text)
  for (let i = 0; i < bytes.length; i += size) yield bytes.subarray(i, i + size)
}

describe('lines around a line', () => {
  test.each([1, 2, 3, 7, 1000])('are found wherever chunks of %i bytes end', async size => {
    const found = await linesAround(chunks('a\r\nbä\nccc\n\nd\ne\nf', size), 4)
    expect(found).toEqual([
      { number: 2, text: 'bä', isWrong: false },
      { number: 3, text: 'ccc', isWrong: false },
      { number: 4, text: '', isWrong: true },
      { number: 5, text: 'd', isWrong: false },
      { number: 6, text: 'e', isWrong: false },
    ])
  })

  test('end with the file, and begin with it', async () => {
    expect((await linesAround(chunks('a\nb', 9), 2)).map(line => line.text)).toEqual(['a', 'b'])
    expect((await linesAround(chunks('a\nb\n', 9), 1)).map(line => line.number)).toEqual([1, 2])
  })

  test('are cut when they are long', async () => {
    const [line] = await linesAround(chunks(`${'x'.repeat(100_000)}\n`, 1000), 1)
    expect(line?.text).toHaveLength(240)
  })
})

test.each([
  ['a,b,c', 2, 'b'],
  ['"a,1",b', 1, '"a,1"'],
  ['"a ""q"", x",b', 2, 'b'],
  ['a,"open', 2, '"open'],
  ['a,b', 3, undefined],
])('in %s, column %i is %s', (line, column, expected) => {
  const span = fieldSpan(line, column)
  expect(span && line.slice(span.start, span.end)).toBe(expected)
})

test('the rate follows the newest seconds', () => {
  const pace = new Pace(0)
  expect(pace.left(100)).toBe(Number.POSITIVE_INFINITY)
  for (let second = 1; second <= 10; second++) pace.update(1000 * second, 100 * second)
  expect(pace.rate).toBeCloseTo(100)
  for (let second = 11; second <= 60; second++) pace.update(1000 * second, 1000 + 300 * (second - 10))
  expect(pace.rate).toBeCloseTo(300, 0)
  expect(pace.left(600)).toBeCloseTo(2, 1)
})

test.each([
  [['1', '-2', null], 'int64'],
  [['1', '9223372036854775809'], 'text'],
  [['9223372036854775807'], 'int64'],
  [['1', '1.5', '1e5', 'NaN'], 'double'],
  [['007'], 'text'],
  [['true', 'FALSE'], 'boolean'],
  [['2025-03-03'], 'date'],
  [['2025-03-03', '2025-03-03T10:00'], 'timestamp'],
  [['2025-03-03T10:00Z', '2025-03-03 10:00:00+01:00'], 'timestamp-utc'],
  [['a', '1'], 'text'],
  [[null, ''], 'unknown'],
])('%j is %s', (values, type) => {
  expect(guessType(values)).toBe(type)
})

describe('the dialect of a file', () => {
  const of = (text: string, encoding: BufferEncoding = 'utf8') => dialectFor(Buffer.from(text, encoding))

  test('is plain if nothing is strange', () => {
    expect(isPlain(of('a,b\n1,2\n'))).toBe(true)
    expect(isPlain(of('äöü\n1\n'))).toBe(true)
    expect(isPlain(of(''))).toBe(true)
  })

  test('is seen from its first lines', () => {
    expect(of('a;b\n1,5;2\n')).toEqual({ ...plainCsv, delimiter: ';', decimalComma: true })
    expect(of('a;b\n1.5;2\n')).toEqual({ ...plainCsv, delimiter: ';' })
    expect(of('ä;b\n1;2\n', 'latin1')).toEqual({ ...plainCsv, delimiter: ';', encoding: 'windows-1252' })
    expect(of('a\tb\n1\t2\n', 'utf16le')).toEqual({ ...plainCsv, delimiter: '\t', encoding: 'utf-16le' })
    expect(of('# by hand\na;b\n1;2\n')).toEqual({ ...plainCsv, comment: '#', delimiter: ';' })
    expect(of('a,b\r1,2\r')).toEqual({ ...plainCsv, crEnds: true })
  })

  test('a block that ends within a character is still UTF-8', () => {
    expect(isPlain(dialectFor(Buffer.from('a\nä').subarray(0, 3)))).toBe(true)
  })
})

describe('what is sent of a file', () => {
  const { signal } = new AbortController()

  test('is the file itself, packed or not', async () => {
    const file = new File(['x\n1\n'], 'a.csv')
    expect(await bodyOf(file, plainCsv, signal)).toEqual({ blob: file, isPacked: false })
    const packed = new File([gzipSync('x;y\n1;2\n')], 'a.csv.gz')
    expect(await bodyOf(packed, plainCsv, signal)).toEqual({ blob: packed, isPacked: true })
    expect(Buffer.from(await firstBlock(packed)).toString()).toBe('x;y\n1;2\n')
  })

  test('is looked at in its first 64 KiB, however large its parts are', async () => {
    const block = await firstBlock(new File(['x\n'.repeat(1_000_000)], 'a.csv'))
    expect(block).toHaveLength(64 * 1024)
  })

  test('is a translation of another dialect', async () => {
    const file = new File([gzipSync('x;y\n1,5;NA\n')], 'a.csv.gz')
    const dialect = { ...plainCsv, delimiter: ';', decimalComma: true, nulls: ['NA'] }
    const { blob, isPacked } = await bodyOf(file, dialect, signal)
    expect(await blob.text()).toBe('x,y\n1.5,\n')
    expect(isPacked).toBe(false)
  })

  test('is an error with its line if the file is not in the dialect', async () => {
    const file = new File(['x;y\n1;2\n3\n'], 'a.csv')
    await expect(bodyOf(file, { ...plainCsv, delimiter: ';' }, signal)).rejects.toThrow(
      'line 3: found 1 field',
    )
  })
})

describe('the queue', () => {
  const stored = { id: 1, rows: 1, columns: [], warnings: [] }
  const files = (count: number) =>
    Array.from({ length: count }, (_, i) => ({ name: `${i}.csv`, file: new File(['x\n1\n'], `${i}.csv`) }))

  function queueOf(send: (id: string, signal: AbortSignal) => Promise<typeof stored>) {
    const over = Promise.withResolvers<void>()
    const settle = () => {
      // The item has its last state when this is called, and the next one begins after it.
      queueMicrotask(() => queue.isBusy || over.resolve())
    }
    const queue = new UploadQueue({
      prepare: async ({ file }) => ({ blob: file, isPacked: false }),
      send: ({ id, signal }) => send(id, signal),
      onStored: settle,
      onFailed: settle,
      pause: 1,
    })
    return { queue, over: over.promise }
  }

  test('sends three files at once, and each of them once', async () => {
    let [now, most] = [0, 0]
    const ids: string[] = []
    const { queue, over } = queueOf(async id => {
      ids.push(id)
      most = Math.max(most, ++now)
      await new Promise(setImmediate)
      now--
      return stored
    })
    queue.add(files(10))
    queue.start()
    await over
    expect(most).toBe(3)
    expect(new Set(ids).size).toBe(10)
    expect(queue.items.get().every(({ state }) => state === 'stored')).toBe(true)
    queue.clear()
    expect(queue.items.get()).toEqual([])
  })

  test('sends a file whose connection broke again, under the same id', async () => {
    const ids: string[] = []
    const { queue, over } = queueOf(async id => {
      ids.push(id)
      if (ids.length < 3) throw new ApiError(0, 'broken')
      return stored
    })
    queue.add(files(1))
    queue.start()
    await over
    expect(ids).toHaveLength(3)
    expect(new Set(ids).size).toBe(1)
  })

  test('does not send again what the server refuses, until the user says so', async () => {
    let calls = 0
    const { queue, over } = queueOf(async () => {
      calls++
      throw new ApiError(422, 'line 2: wrong', 2)
    })
    queue.add(files(1))
    queue.start()
    await over
    expect(calls).toBe(1)
    const [item] = queue.items.get()
    expect(item).toMatchObject({ state: 'failed', error: { line: 2 } })
    if (item) queue.retry(item)
    expect(item?.state).not.toBe('failed')
  })

  test('a cancelled file is aborted and makes room', async () => {
    const began = Promise.withResolvers<AbortSignal>()
    const { queue } = queueOf(async (_id, signal) => {
      began.resolve(signal)
      return new Promise(() => {})
    })
    queue.add(files(1))
    queue.start()
    const signal = await began.promise
    const [item] = queue.items.get()
    if (item) queue.cancel(item)
    expect(signal.aborted).toBe(true)
    expect(queue.isBusy).toBe(false)
  })
})
