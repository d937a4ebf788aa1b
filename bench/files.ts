import { readdirSync, statSync } from 'node:fs'
import { extname, join } from 'node:path'

/** Returns the paths of everything below the directory. */
export function filesIn(directory: string): Set<string> {
  const names = readdirSync(directory, { recursive: true, encoding: 'utf8' })
  return new Set(names.map(name => join(directory, name)))
}

export function withExtension(files: Iterable<string>, extension: string): string[] {
  return [...files].filter(file => extname(file) === extension)
}

export function mebibytesOf(files: readonly string[]): number {
  return mebibytes(files.reduce((bytes, file) => bytes + statSync(file).size, 0))
}

export function mebibytes(bytes: number): number {
  return bytes / 2 ** 20
}
