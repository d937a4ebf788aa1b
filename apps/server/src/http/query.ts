import type { AnswerFormat } from '@table/table'
import { query as partsOf } from '../service/query.ts'
import { smallBody } from './body.ts'
import type { Exchange } from './exchange.ts'
import type { Context } from './route.ts'

/** The most bytes of a statement. */
const STATEMENT_BYTES = 64 * 1024
const TYPES = ['application/sql', 'text/plain']

/** The media types of answers. The first one is for clients without a preference. */
const formats: Record<string, AnswerFormat> = {
  'application/json': 'json',
  'text/csv': 'csv',
  'application/vnd.apache.arrow.stream': 'arrow',
  'application/vnd.apache.parquet': 'parquet',
}
export const queryTypes = Object.keys(formats) as [string, ...string[]]

/** Answers the SELECT in the body. An error after the first bytes cuts the answer off. */
export async function query({ table, admission }: Context, exchange: Exchange): Promise<void> {
  const { peer, signal, type } = exchange
  const format = formats[type] as AnswerFormat
  const contentType = format === 'csv' ? `${type}; charset=utf-8` : type
  const sql = await admission.smallBody(() =>
    smallBody(exchange, TYPES, STATEMENT_BYTES, admission.requestTimeout),
  )
  const run = async () => {
    for await (const part of partsOf(table, { sql, format }, signal)) {
      const headers = { 'content-type': contentType, 'cache-control': 'no-store' }
      if (!exchange.answered && !exchange.begin(200, headers)) return
      await exchange.send(part)
    }
    exchange.finish()
  }
  await admission.connections.during(peer, () => admission.query(run, signal))
}
