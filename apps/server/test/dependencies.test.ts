import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join, relative } from 'node:path'
import { expect, test } from 'vitest'

const src = join(import.meta.dirname, '../src')

/**
 * What the files of a folder may import from other folders. A request goes from grpc or http to the service and on to
 * the workers.
 */
const mayImport: Record<string, readonly string[]> = {
  config: [],
  service: [],
  observe: ['config'],
  admission: ['config', 'service', 'observe'],
  auth: ['config', 'service', 'observe'],
  query: ['config', 'service', 'observe'],
  workers: ['config', 'service', 'observe', 'query'],
  grpc: ['config', 'service', 'observe', 'admission', 'auth'],
  http: ['config', 'service', 'observe', 'admission', 'auth'],
}

/**
 * Which folders may import a package. The service knows no transport and no storage, and only grpc knows gRPC
 * and HTTP/2.
 */
const importers: Record<string, readonly string[]> = {
  '@grpc/grpc-js': ['grpc'],
  'node:http2': ['grpc'],
  '@table/arrow': ['query'],
  '@table/proto': ['grpc'],
  '@table/storage': ['config', 'grpc', 'http', 'workers', '.'],
  '@table/storage/worker': ['workers'],
  '@table/cluster': ['workers'],
  '@table/cluster/worker': ['workers'],
  pino: ['observe'],
  'prom-client': ['observe'],
  // DuckDB is only for the process of its own.
  '@duckdb/node-api': ['query'],
  '@duckdb/node-bindings': ['query'],
}

const imports = readdirSync(src, { recursive: true, encoding: 'utf8' })
  .filter(file => file.endsWith('.ts'))
  .flatMap(file =>
    [
      ...readFileSync(join(src, file), 'utf8').matchAll(
        /^(?:import|export)\b[^'\n]*'([^']+)'|^} from '([^']+)'/gm,
      ),
    ].map(([, oneLine, lastLine]) => ({
      file,
      folder: dirname(file),
      imported: (oneLine ?? lastLine) as string,
    })),
  )

test('the imports are found', () => {
  expect(imports).toContainEqual({ file: 'main.ts', folder: '.', imported: 'node:url' })
  expect(imports).toContainEqual({ file: 'server.ts', folder: '.', imported: './grpc/methods.ts' })
  const several = { file: 'workers/localTable.ts', folder: 'workers', imported: '@table/storage' }
  expect(imports).toContainEqual(several)
})

test('no import between folders runs against the way of a request', () => {
  const wrong = imports.filter(({ file, folder, imported }) => {
    if (folder === '.' || !imported.startsWith('.')) return false
    const other = dirname(relative(src, join(src, dirname(file), imported)))
    return other !== folder && !mayImport[folder]?.includes(other)
  })
  expect(wrong).toEqual([])
})

test('only the folders meant for it import gRPC, HTTP/2 and the storage', () => {
  const wrong = imports.filter(({ folder, imported }) => importers[imported]?.includes(folder) === false)
  expect(wrong).toEqual([])
})

test('the server does not load undici, which takes 13 MiB', () => {
  const modules = ['run.ts', 'server.ts'].map(name => join(import.meta.dirname, '../src', name))
  const script = `${modules.map(path => `await import(${JSON.stringify(path)})`).join('; ')}; console.log(process.moduleLoadList.join('\\n'))`
  const loaded = execFileSync(process.execPath, ['--input-type=module', '--eval', script], {
    encoding: 'utf8',
  })
  expect(loaded).toContain('NativeModule http\n')
  expect(loaded).not.toContain('undici')
})
