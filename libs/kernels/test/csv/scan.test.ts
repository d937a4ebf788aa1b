import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases, stride } from '../../../../testing/form.ts'
import { EVERY } from '../../src/index.ts'
import { at, kernels, memory, type Scanned, scan } from '../support/memory.ts'
import { judgeRecords } from '../support/records.ts'
import { type Table, tables } from '../support/tables.ts'
import { hasStrayCr, plainScan } from '../twins/scan.ts'

const CANARY = 0xa5

/** Surrounds the bytes with bytes that would change the result if a kernel read them. */
function put(bytes: Uint8Array): void {
  memory.fill('"\n,\r'.charCodeAt(bytes.length % 4), at.chunk - 64, at.chunk + bytes.length + 128)
  memory.set(bytes, at.chunk)
}

/**
 * Scans every column and each column alone. The scans must agree, except where a record with too many fields
 * and a record with too few cancel each other out before a scan checks. The result is broken too if a record
 * has too many or too few fields.
 */
function scanWhole(to: number, last: boolean, columns: number, isRagged: boolean): Scanned {
  const all = scan({ to, last, columns })
  const even = kernels.everyRecordHas(columns, all.records, at.ends) === 1
  for (let column = 0; column < columns; column++) {
    const one = scan({ to, last, columns, column })
    if (!isRagged) expect(one.broken).toBe(all.broken)
    if (all.broken || !even) continue
    const ends = all.ends.filter((_, field) => field % columns === column)
    expect(one).toEqual({ ...all, ends })
  }
  return { ...all, broken: all.broken || !even }
}

function expectAgreement({ columns, text }: Table, cut: number): void {
  const bytes = Buffer.from(text)
  expectLikePlain(bytes, false, columns, cut)
  const found = expectLikePlain(bytes, true, columns, bytes.length)
  expect(judgeRecords(bytes, columns)?.length).toBe(found.broken ? undefined : found.records)
}

function expectLikePlain(bytes: Uint8Array, last: boolean, columns: number, cut: number): Scanned {
  const part = bytes.subarray(0, cut)
  put(part)
  const plain = plainScan(part, last, columns)
  const found = scanWhole(part.length, last, columns, plain.problem?.kind === 'ragged')
  expect(found.broken).toBe(plain.problem !== undefined)
  if (found.broken) return found
  expect(found.stray).toBe(hasStrayCr(part, last))
  expect(found.records).toBe(plain.records)
  expect(found.ends).toEqual(plain.ends)
  expect(Math.min(found.next, part.length)).toBe(plain.next)
  return found
}

test('scan finds the records that the plain scanner and csv-parse find, or all three refuse', () => {
  fc.assert(fc.property(tables, fc.nat({ max: 200 }), expectAgreement), { numRuns: randomCases(20_000) })
})

test.each([
  ...[
    '1,2\n',
    '1,2\r\n',
    ',\n',
    ',\r\n',
    '1,\r\n',
    '"1",""\n',
    '"a""b","c"\r\n',
    '"\n",2\n',
    '"\r\n","\r"\n',
  ],
  ...['\n1,2\n', '\r\n1,2\r\n', '\n\r\n\n1,2\n', '\r,\r\n', 'a\rb,\r\r\n', '"""",""""""\n', '",",2\n'],
  ...[
    '1\n',
    '1,2,3\n',
    '\r',
    '1,\r',
    '"1\n',
    '"1"x,2\n',
    '1"2,3\n',
    '1,"2"\rx\n',
    '1,"2"\r',
    '1,2"\n',
    '"1"",2\n',
  ],
])('scan agrees with the plain scanner and csv-parse on %j anywhere in a block', line => {
  const { from, step } = stride(4)
  for (let pad = from; pad < 67; pad += step) {
    const before = `${'p'.repeat(pad)},\n`
    expectAgreement({ columns: 2, text: before + line + '3,4\n'.repeat(150) }, 0)
    for (let cut = 0; cut <= line.length; cut++) {
      expectAgreement({ columns: 2, text: `${before}${line}3,4\n` }, before.length + cut)
      expectAgreement({ columns: 2, text: before + line.slice(0, cut) }, 0)
    }
  }
})

test.each(['1\n', '1,2,3\n', '1,2\n\n3\n', ',,\n,\n'])('no kind of scan finds two columns in %j', text => {
  put(Buffer.from(text))
  for (const column of [EVERY, 0, 1]) {
    expect(scan({ to: text.length, last: true, columns: 2, column }).broken).toBe(true)
  }
})

test('no kind of scan accepts distant records with too many and too few fields that cancel each other out', () => {
  const rows = (count: number) => '1,2,3\n'.repeat(count)
  for (const [more, less] of [
    ['1,2,3,4\n', '1,2\n'],
    ['"1",2,3,4\n', '1,2\r\n'],
  ])
    for (const [first, second] of [
      [more, less],
      [less, more],
    ])
      for (let before = 0; before < 100; before += 7) {
        const text = rows(before) + first + rows(2000) + second + rows(300)
        put(Buffer.from(text))
        for (const column of [EVERY, 0, 1, 2])
          expect(scan({ to: text.length, last: true, columns: 3, column }).broken).toBe(true)
      }
})

test('a scan leaves records without room to the next scan', () => {
  fc.assert(
    fc.property(tables, fc.nat({ max: 50 }), fc.boolean(), ({ columns, text }, more, alone) => {
      const bytes = Buffer.from(`${text}\n`.repeat(6))
      put(bytes)
      const to = bytes.length
      const column = alone ? columns - 1 : EVERY
      const all = scan({ to, last: true, columns, column })
      const room = columns + 1 + more
      const ends: number[] = []
      let part: Scanned
      for (let from = 0; from < to; from = part.next) {
        memory.fill(CANARY, at.ends, at.ends + 4 * (room + 80))
        put(bytes)
        part = scan({ from, to, last: true, columns, column, room })
        expect(memory.subarray(at.ends + 4 * (room + 72), at.ends + 4 * (room + 80))).toEqual(
          new Uint8Array(32).fill(CANARY),
        )
        if (part.broken) break
        ends.push(...part.ends)
        expect(part.next).toBeGreaterThan(from)
      }
      if (!plainScan(bytes, true, columns).problem) expect(ends).toEqual(all.ends)
    }),
    { numRuns: randomCases(5000) },
  )
})

test('a scan overwrites 64 bytes after its bytes, the byte before them and no others', () => {
  fc.assert(
    fc.property(tables, fc.boolean(), ({ columns, text }, last) => {
      const bytes = Buffer.from(text)
      memory.fill(CANARY, at.chunk - 64, at.chunk + bytes.length + 128)
      memory.set(bytes, at.chunk)
      scan({ to: bytes.length, last, columns })
      const around = Buffer.from(memory.subarray(at.chunk - 64, at.chunk + bytes.length + 128))
      const canaries = (count: number) => Buffer.alloc(count, CANARY)
      expect(around.subarray(0, 63)).toEqual(canaries(63))
      expect(around.subarray(64, 64 + bytes.length)).toEqual(bytes)
      expect(around.subarray(128 + bytes.length)).toEqual(canaries(64))
    }),
    { numRuns: randomCases(2000) },
  )
})
