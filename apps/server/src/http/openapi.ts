import { readFileSync } from 'node:fs'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

const file = new URL('openapi.json', import.meta.url)

/** Answers with the description of the routes, a file that is written by hand. */
export async function openapi(_context: Context, exchange: Exchange): Promise<void> {
  exchange.answer(200, { 'content-type': 'application/json', 'cache-control': 'no-cache' }, document())
}

let text: string | undefined

function document(): string {
  text ??= readFileSync(file, 'utf8')
  return text
}
