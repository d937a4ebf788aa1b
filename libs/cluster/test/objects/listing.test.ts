import { expect, test } from 'vitest'
import { readListing } from '../../src/objects/listing.ts'

test('a list has its objects, and where it goes on', () => {
  const xml = `<?xml version="1.0"?><ListBucketResult><IsTruncated>true</IsTruncated>
    <Contents><Key>a&amp;b&#x27;/ü.csv</Key><LastModified>2026-11-28T10:00:00.500Z</LastModified><ETag>&quot;e1&quot;</ETag><Size>12</Size></Contents>
    <Contents><Size>0</Size><Key>c</Key><ETag>e2</ETag><LastModified>2026-11-28T10:00:01Z</LastModified></Contents>
    <NextContinuationToken>t/&lt;1&gt;</NextContinuationToken></ListBucketResult>`
  const modified = Date.UTC(2026, 10, 28, 10) / 1000
  expect(readListing(xml)).toEqual({
    objects: [
      { key: "a&b'/ü.csv", bytes: 12, etag: '"e1"', modified },
      { key: 'c', bytes: 0, etag: 'e2', modified: modified + 1 },
    ],
    next: 't/<1>',
  })
})

test('the last part of a list has no next one', () => {
  const xml = '<ListBucketResult><IsTruncated>false</IsTruncated></ListBucketResult>'
  expect(readListing(xml)).toEqual({ objects: [], next: undefined })
})
