import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { findCredentials } from '../../src/objects/credentials.ts'

function file(text: string): string {
  const folder = mkdtempSync(join(tmpdir(), 'table-credentials-'))
  onTestFinished(() => rmSync(folder, { recursive: true }))
  const path = join(folder, 'credentials')
  writeFileSync(path, text)
  return path
}

test('credentials come from the environment', () => {
  const env = { AWS_ACCESS_KEY_ID: 'id', AWS_SECRET_ACCESS_KEY: 'secret', AWS_SESSION_TOKEN: 'token' }
  expect(findCredentials(env)()).toEqual({
    accessKeyId: 'id',
    secretAccessKey: 'secret',
    sessionToken: 'token',
  })
})

test('credentials come from the profile of a file', () => {
  const path = file(
    '[default]\naws_access_key_id = a\naws_secret_access_key = b=\n\n[other]\r\naws_access_key_id=c\r\naws_secret_access_key=d\r\n',
  )
  const env = { AWS_SHARED_CREDENTIALS_FILE: path }
  expect(findCredentials(env)()).toMatchObject({ accessKeyId: 'a', secretAccessKey: 'b=' })
  expect(findCredentials({ ...env, AWS_PROFILE: 'other' })()).toMatchObject({
    accessKeyId: 'c',
    secretAccessKey: 'd',
  })
})

test('without keys the error says where they are looked for, and no key', () => {
  const path = file('[default]\naws_access_key_id = visible\n')
  const env = { AWS_SHARED_CREDENTIALS_FILE: path }
  expect(() => findCredentials(env)).toThrow(`${path} has no keys of the profile "default"`)
  expect(() => findCredentials(env)).not.toThrow('visible')
  expect(() => findCredentials({ AWS_SHARED_CREDENTIALS_FILE: '/none' })).toThrow(/ENOENT.*AWS_ACCESS_KEY_ID/)
})
