// What tests of tokens and TLS share: files with secrets, and clients that know the secrets.
import { createHash } from 'node:crypto'
import { renameSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type Authority, createAuthority, type Issued } from './certificates.ts'
import { temporaryDirectory } from './server.ts'

/** Returns a line of a token file. */
export function tokenLine(secret: string, scopes: string, name = secret): string {
  return `${createHash('sha256').update(secret).digest('hex')} ${name} ${scopes}\n`
}

/** Makes a token file with the tokens `reader`, `writer` and `both`, which have the scopes that their names say. */
export function tokenFile(): string {
  const path = join(temporaryDirectory(), 'tokens')
  writeFileSync(
    path,
    tokenLine('reader', 'read') + tokenLine('writer', 'write') + tokenLine('both', 'read,write'),
  )
  return path
}

/** Replaces a file by one with other content. */
export function replaceFile(path: string, content: string): void {
  writeFileSync(`${path}.new`, content)
  renameSync(`${path}.new`, path)
}

export interface Pem extends Issued {
  certFile: string
  keyFile: string
}

/** Writes a certificate and its key to files. */
export function pemFiles({ cert, key }: Issued): Pem {
  const directory = temporaryDirectory()
  const certFile = join(directory, 'cert.pem')
  const keyFile = join(directory, 'key.pem')
  writeFileSync(certFile, cert)
  writeFileSync(keyFile, key)
  return { cert, key, certFile, keyFile }
}

/** Makes an authority whose certificate is in `certFile`. */
export function authorityFiles(): Authority & Pem {
  const authority = createAuthority()
  return { ...authority, ...pemFiles(authority) }
}
