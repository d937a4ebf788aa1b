import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative, sep } from 'node:path'
import { expect, test } from 'vitest'

const sources = join(import.meta.dirname, '../src')

/** Each folder may import only from those before it. The files beside the folders put their parts together, so they are above all. */
const order = ['engine', 'objects', 'catalogue', 'spool', '']

const folderOf = (path: string): string => {
  const parts = relative(sources, path).split(sep)
  return parts.length > 1 ? (parts[0] as string) : ''
}

/** What every folder may import although it stands beside them: what the tasks and their values are. */
const shared = ['tasks.ts']

const files = readdirSync(sources, { recursive: true, encoding: 'utf8' })
  .filter(name => name.endsWith('.ts'))
  .map(name => join(sources, name))

test('every folder has its place in the order', () => {
  expect([...new Set(files.map(folderOf))].sort()).toEqual([...order].sort())
})

test('no folder imports from a later one, and nobody imports the files that list what is public', () => {
  const against = files.flatMap(path =>
    Array.from(readFileSync(path, 'utf8').matchAll(/from '(\.[^']+)'/g), ([, to]) =>
      join(dirname(path), to as string),
    )
      .filter(
        to =>
          (order.indexOf(folderOf(to)) > order.indexOf(folderOf(path)) &&
            !shared.includes(relative(sources, to))) ||
          relative(sources, to) === 'index.ts',
      )
      .map(to => `${relative(sources, path)} imports ${relative(sources, to)}`),
  )
  expect(against).toEqual([])
})
