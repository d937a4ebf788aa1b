import { expect, test } from 'vitest'
import { listedUpload, UploadList } from '../../src/catalogue/uploadList.ts'
import { uploadOf } from '../support/directories.ts'

test('an upload gets another Parquet file, and no other upload does', () => {
  const list = new UploadList()
  for (const id of [1, 2, 3]) list.append(listedUpload(uploadOf(id)))
  const file = { parquetBytes: 5000, footerBytes: 300, footerCrc: -7, rowGroups: 9 }
  list.replaceParquet(2, file)
  list.replaceParquet(4, file)
  const found = Array.from(list.snapshot(), upload => ({ ...upload }))
  expect(found).toEqual([1, 2, 3].map(id => ({ ...listedUpload(uploadOf(id)), ...(id === 2 && file) })))
})
