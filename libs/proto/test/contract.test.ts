import { expect, test } from 'vitest'
import {
  ColSumReq,
  ColSumResp,
  StoredUpload,
  TableService,
  UploadPart,
  UploadReq,
  UploadResp,
} from '../src/index.ts'

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString('hex')
}

test('the service has no package, and the two calls that the course clients make', () => {
  expect(TableService.upload.path).toBe('/Table/Upload')
  expect(TableService.colSum.path).toBe('/Table/ColSum')
  for (const { requestStream, responseStream } of [TableService.upload, TableService.colSum]) {
    expect([requestStream, responseStream]).toEqual([false, false])
  }
})

test('every call has the name and the streams that clients know', () => {
  const calls = Object.values(TableService).map(({ path, requestStream, responseStream }) => [
    path,
    requestStream,
    responseStream,
  ])
  expect(calls).toEqual([
    ['/Table/Upload', false, false],
    ['/Table/ColSum', false, false],
    ['/Table/UploadStream', true, false],
    ['/Table/ListUploads', false, false],
    ['/Table/GetUpload', false, false],
    ['/Table/DeleteUpload', false, false],
    ['/Table/Download', false, true],
    ['/Table/Describe', false, false],
    ['/Table/Stats', false, false],
    ['/Table/Query', false, true],
  ])
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
  expect(hex(UploadPart.encode({ csvData: Buffer.from('x\n1') }).finish())).toBe('0a03780a31')
  const bytes = StoredUpload.encode({
    id: 1n,
    uploadId: 'u',
    name: 'n',
    receivedAt: 'r',
    rows: 2n,
    csvBytes: 3n,
    parquetBytes: 4n,
    columns: [{ name: 'x', type: 'text' }],
  }).finish()
  expect(hex(bytes)).toBe('08011201751a016e22017228023003380442090a0178120474657874')
})

test.each([0n, -1n, 2n ** 53n + 1n, 2n ** 63n - 1n, -(2n ** 63n)])(
  'a total of %s comes back exactly',
  total => {
    expect(ColSumResp.decode(ColSumResp.encode({ total, error: '' }).finish()).total).toBe(total)
  },
)
