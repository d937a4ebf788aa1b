import { expect, test } from 'vitest'
import { parseAddress } from '../src/address.ts'

test.each([
  ['localhost', 'localhost', 5440, 'localhost:5440'],
  ['localhost:1', 'localhost', 1, 'localhost:1'],
  ['10.0.0.1:65535', '10.0.0.1', 65535, '10.0.0.1:65535'],
  ['[::1]', '::1', 5440, '[::1]:5440'],
  ['[::1]:80', '::1', 80, '[::1]:80'],
  ['fe80::1', 'fe80::1', 5440, '[fe80::1]:5440'],
])('%s is an address', (text, host, port, name) => {
  expect(parseAddress(text)).toEqual({ host, port, name })
})

test.each(['', ':5440', 'host:', 'host:0', 'host:65536', 'http://host:1', 'a b:1', '[host]:1', 'host:1:2'])(
  '"%s" is no address',
  text => {
    expect(() => parseAddress(text)).toThrow('Expected HOST or HOST:PORT.')
  },
)
