import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { extname, join } from 'node:path'
import type { Exchange } from './exchange.ts'
import { type Headers, HttpError } from './problem.ts'
import type { Context, Route } from './route.ts'

/** Where the built page is: in a clone and the image beside our sources, in the npm package beside the bundle. */
const folder = join(
  import.meta.dirname,
  import.meta.filename.endsWith('.ts') ? '../../../console/dist' : '../page',
)

const types: Record<string, string> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
}

/** The page runs its own files alone, talks to this server alone, and belongs in no frame and beside no other window. */
const PAGE_HEADERS: Headers = {
  'content-type': 'text/html; charset=utf-8',
  'cache-control': 'no-cache',
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'",
  'cross-origin-opener-policy': 'same-origin',
  'permissions-policy': 'camera=(), microphone=(), geolocation=()',
}

/** The page for people. It has no scope: the page itself asks for a token, and the API checks it. */
export const pageRoutes: readonly Route[] = [
  { method: 'GET', path: '/', scope: undefined, produces: ['text/html'], handler: page },
  {
    method: 'GET',
    path: '/assets/{file}',
    scope: undefined,
    produces: ['text/javascript', 'text/css', 'image/svg+xml'],
    handler: asset,
  },
]

async function page(_context: Context, exchange: Exchange): Promise<void> {
  if (!existsSync(join(folder, 'index.html')))
    throw new HttpError(404, 'the page is not built: run `node scripts/setup.mjs` in the clone')
  exchange.answer(200, PAGE_HEADERS, await readFile(join(folder, 'index.html')))
}

/** Answers with a file that the page loads. The name has a hash of the content, so that browsers keep the file for ever. */
async function asset(_context: Context, exchange: Exchange): Promise<void> {
  const { file = '' } = exchange.params
  const type = types[extname(file)]
  const path = join(folder, 'assets', file)
  if (!/^[\w.-]+$/.test(file) || !type || !existsSync(path))
    throw new HttpError(404, `the page has no file ${file.slice(0, 80)}: reload the page`)
  const packed =
    /\bgzip\b/.test(String(exchange.request.headers['accept-encoding'])) && existsSync(`${path}.gz`)
  const headers: Headers = {
    'content-type': type,
    'cache-control': 'public, max-age=31536000, immutable',
    vary: 'accept-encoding',
    ...(packed && { 'content-encoding': 'gzip' }),
  }
  exchange.answer(200, headers, await readFile(packed ? `${path}.gz` : path))
}
