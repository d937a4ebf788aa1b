import { randomBytes } from 'node:crypto'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { jarsOfS3Proxy, s3proxyFolder } from './install.ts'
import { freePort, type Part, ProcessPart } from './part.ts'

/** An S3 store that keeps each object as a file. */
export interface ObjectStore extends Part {
  readonly endpoint: string
  /** What a client of the store needs, as the environment variables that every S3 client knows. */
  readonly credentials: Record<string, string>
  /** The folder that has a folder for each bucket, with the objects as files. */
  readonly buckets: string
  /** Creates a bucket if it does not exist. Returns the folder that has its objects as files. */
  bucket(name: string): string
}

/** Makes an S3Proxy with a folder for its buckets. */
export async function makeObjectStore(directory: string): Promise<ObjectStore> {
  const port = await freePort()
  const endpoint = `http://127.0.0.1:${port}`
  const [key, secret] = ['table', randomBytes(18).toString('hex')]
  const buckets = join(directory, 'buckets')
  mkdirSync(buckets, { recursive: true })
  const settings = join(directory, 's3proxy.conf')
  writeFileSync(
    settings,
    `s3proxy.endpoint=${endpoint}
s3proxy.authorization=aws-v2-or-v4
s3proxy.identity=${key}
s3proxy.credential=${secret}
jclouds.provider=filesystem-nio2
jclouds.filesystem.basedir=${buckets}
`,
    { mode: 0o600 },
  )
  const part = new ProcessPart({
    name: 'S3Proxy',
    port,
    command: 'java',
    args: [
      // The store is busy for seconds, not for days: better compilers would cost more than they save.
      '-XX:TieredStopAtLevel=1',
      '-XX:+UseSerialGC',
      '-Xmx256m',
      `-Dlogback.configurationFile=${join(s3proxyFolder, 'logback.xml')}`,
      '-cp',
      join(jarsOfS3Proxy, '*'),
      'org.gaul.s3proxy.Main',
      '--properties',
      settings,
    ],
  })
  return Object.assign(part, {
    endpoint,
    buckets,
    credentials: { AWS_ACCESS_KEY_ID: key, AWS_SECRET_ACCESS_KEY: secret, AWS_REGION: 'us-east-1' },
    bucket(name: string) {
      const folder = join(buckets, name)
      mkdirSync(folder, { recursive: true })
      return folder
    },
  })
}
