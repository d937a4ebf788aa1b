import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const sources = join(import.meta.dirname, '../src')

/**
 * Each folder may import only from those before it. The files beside the folders are below all of them,
 * except the two that list what is public.
 */
const order = [
  '',
  'csv',
  'parquet',
  'catalogue',
  'ingest',
  'sum',
  'stats',
  'query',
  'directory',
  'maintenance',
]
const publicFiles = ['index.ts', 'worker.ts']

const folderOf = (path: string): string => {
  const parts = relative(sources, path).split(sep)
  return parts.length > 1 ? (parts[0] as string) : ''
}

function importsOf(path: string): string[] {
  const text = readFileSync(path, 'utf8')
  return Array.from(text.matchAll(/(?:from|import\() *'(\.[^']+)'/g), ([, to]) =>
    join(dirname(path), to as string),
  )
}

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts') && !publicFiles.includes(name))
  .map(name => join(sources, name))

test('every folder has its place in the order', () => {
  expect([...new Set(files.map(folderOf))].sort()).toEqual([...order].sort())
})

test('no folder imports from a later one, and nobody imports the files that list what is public', () => {
  const against = files.flatMap(path =>
    importsOf(path)
      .filter(
        to =>
          order.indexOf(folderOf(to)) > order.indexOf(folderOf(path)) ||
          publicFiles.includes(relative(sources, to)),
      )
      .map(to => `${relative(sources, path)} imports ${relative(sources, to)}`),
  )
  expect(against).toEqual([])
})
