import { expect, test } from 'vitest'
import { readLocation } from '../../src/objects/location.ts'

const at = (name: string, endpoint?: string, env = {}) => {
  const { bucketUrl, region, prefix } = readLocation(name, endpoint, env)
  return [bucketUrl.href, region, prefix]
}

test("without an endpoint the store is Amazon's", () => {
  expect(at('s3://sales', undefined, { AWS_REGION: 'eu-north-1' })).toEqual([
    'https://sales.s3.eu-north-1.amazonaws.com/',
    'eu-north-1',
    '',
  ])
  expect(at('s3://sales.2026/a')[0]).toBe('https://s3.us-east-1.amazonaws.com/sales.2026/')
})

test('with an endpoint the bucket is in the path', () => {
  expect(at('s3://sales/a/b/', 'http://localhost:9000')).toEqual([
    'http://localhost:9000/sales/',
    'us-east-1',
    'a/b/',
  ])
  expect(at('s3://sales', 'https://store/s3/')[0]).toBe('https://store/s3/sales/')
})

test.each(['sales', 's3://', 's3://A/b', 'https://sales'])('%s is no place for objects', name => {
  expect(() => at(name)).toThrow('expected s3://bucket/prefix')
})

test.each(['localhost:9000', 'ftp://a', 'https://user:geheim@store'])('%s is no endpoint', endpoint => {
  expect(() => at('s3://sales', endpoint)).toThrow('--s3-endpoint')
  expect(() => at('s3://sales', endpoint)).not.toThrow('geheim')
})
