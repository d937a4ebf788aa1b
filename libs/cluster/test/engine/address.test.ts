import { expect, test } from 'vitest'
import { engineAddresses } from '../../src/engine/address.ts'

test('addresses are read as Spark clients write them', () => {
  const plain = { tls: false, token: undefined }
  expect(engineAddresses('sc://localhost')).toEqual([
    { ...plain, host: 'localhost', port: 15_002, text: 'sc://localhost:15002' },
  ])
  expect(engineAddresses('sc://a.example:50051,sc://[::1]:80/,sc://b:1/;use_ssl=false')).toEqual([
    { ...plain, host: 'a.example', port: 50_051, text: 'sc://a.example:50051' },
    { ...plain, host: '[::1]', port: 80, text: 'sc://[::1]:80' },
    { ...plain, host: 'b', port: 1, text: 'sc://b:1' },
  ])
  expect(engineAddresses('sc://a:443/;use_ssl=true;token=t%3D=1')).toEqual([
    { host: 'a', port: 443, tls: true, token: 't==1', text: 'sc://a:443' },
  ])
})

test.for([
  ['', 'engine address 1: found "", expected sc://HOST:PORT'],
  ['localhost:50051', 'engine address 1: found "localhost:50051"'],
  ['sc://a,sc://', 'engine address 2: found "sc://"'],
  ['sc://a:70000', 'found "sc://a:70000"'],
  ['sc://user:password@a', 'found "sc://'],
  ['sc://a/path', 'found "sc://a/path"'],
  ['sc://a/;user_id=1', 'found the setting "user_id"'],
  ['sc://a/;token=secret', 'found a token without use_ssl=true'],
])('%s is refused', ([text = '', message = '']) => {
  expect(() => engineAddresses(text)).toThrow(message)
})

test.for(['sc://a:x/;token=secret', 'sc://a/;token=secret', 'sc://user:secret@a', 'sc://a/;use_ssl=secret'])(
  'a refusal of %s does not repeat secrets',
  text => {
    expect(() => engineAddresses(text)).toThrow(expect.not.objectContaining({ message: /secret/ }))
    expect(() => engineAddresses(text)).not.toThrow(/secret/)
  },
)
