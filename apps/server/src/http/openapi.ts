import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

/** Answers with the description of the routes, a file that is written by hand. */
export async function openapi(_context: Context, exchange: Exchange): Promise<void> {
  // Hardly anybody asks. An import is also found by the bundler of the npm package.
  const { default: document } = await import('./openapi.json', { with: { type: 'json' } })
  const text = `${JSON.stringify(document, null, 2)}\n`
  exchange.answer(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' }, text)
}
