import { expect, test } from 'vitest'
import { ColSumReq, ColSumResp, TableService, UploadReq, UploadResp } from '../src/index.ts'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test('the service has no package, and the two calls that the course clients make', () => {
  expect(TableService.upload.path).toBe('/Table/Upload')
  expect(TableService.colSum.path).toBe('/Table/ColSum')
  for (const { requestStream, responseStream } of Object.values(TableService)) {
    expect([requestStream, responseStream]).toEqual([false, false])
  }
})

test('fields have the numbers and types of the contract on the wire', () => {
  expect(hex(UploadReq.encode({ csvData: Buffer.from('x\n1') }).finish())).toBe('0a03780a31')
  expect(hex(UploadResp.encode({ ...UploadResp.decode(Buffer.alloc(0)), error: 'no' }).finish())).toBe(
    '0a026e6f',
  )
  const stored = { error: '', id: 7n, rows: 300n, columns: [{ name: 'x', type: 'text' }], warnings: ['w'] }
  expect(hex(UploadResp.encode(stored).finish())).toBe('100718ac0222090a01781204746578742a0177')
  expect(hex(ColSumReq.encode({ column: 'x', format: 'csv' }).finish())).toBe('0a01781203637376')
  expect(hex(ColSumResp.encode({ total: 300n, error: 'e' }).finish())).toBe('08ac02120165')
})

test.each([0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
  'a total of %s comes back exactly',
  total => {
    expect(ColSumResp.decode(ColSumResp.encode({ total, error: '' }).finish()).total).toBe(total)
  },
)
