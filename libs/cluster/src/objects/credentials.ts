import { readFileSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { StorageError } from '@table/storage'

/** What signs the requests to an object store. */
export interface Credentials {
  accessKeyId: string
  secretAccessKey: string
  sessionToken?: string | undefined
}

/** For how long a file of credentials is not read again, in ms: others replace it before its keys end. */
const FRESH = 60_000

/**
 * Finds credentials where every S3 client looks for them: in `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY` and `AWS_SESSION_TOKEN`, or
 * else in the file `AWS_SHARED_CREDENTIALS_FILE`. Returns a function that has the current ones. Throws StorageError `unusable` without the
 * secrets.
 */
export function findCredentials(env: NodeJS.ProcessEnv = process.env): () => Credentials {
  const { AWS_ACCESS_KEY_ID: accessKeyId, AWS_SECRET_ACCESS_KEY: secretAccessKey } = env
  if (accessKeyId && secretAccessKey) {
    const credentials = { accessKeyId, secretAccessKey, sessionToken: env.AWS_SESSION_TOKEN || undefined }
    return () => credentials
  }
  const path = env.AWS_SHARED_CREDENTIALS_FILE || join(env.HOME ?? homedir(), '.aws/credentials')
  const profile = env.AWS_PROFILE || 'default'
  let read = { credentials: readCredentials(path, profile), at: Date.now() }
  return () => {
    if (Date.now() - read.at > FRESH) read = { credentials: readCredentials(path, profile), at: Date.now() }
    return read.credentials
  }
}

function readCredentials(path: string, profile: string): Credentials {
  const missing = (what: string) =>
    new StorageError(
      'unusable',
      `no credentials for the object store: ${what}; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY, or AWS_SHARED_CREDENTIALS_FILE`,
      { forClients: 'the object store cannot be used' },
    )
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    throw missing(`${path} cannot be read (${(error as NodeJS.ErrnoException).code})`)
  }
  const values = valuesOfProfile(text, profile)
  const { aws_access_key_id: accessKeyId, aws_secret_access_key: secretAccessKey } = values
  if (!accessKeyId || !secretAccessKey) throw missing(`${path} has no keys of the profile "${profile}"`)
  return { accessKeyId, secretAccessKey, sessionToken: values.aws_session_token }
}

function valuesOfProfile(text: string, profile: string): Record<string, string | undefined> {
  const values: Record<string, string> = {}
  let isWanted = false
  for (const line of text.split(/\r?\n/)) {
    const [, section] = /^\s*\[\s*(.+?)\s*\]/.exec(line) ?? []
    if (section !== undefined) isWanted = section === profile
    const [, name, value] = /^\s*([a-z_]+)\s*=\s*(.*?)\s*$/.exec(line) ?? []
    if (isWanted && name !== undefined && value !== undefined) values[name] = value
  }
  return values
}
