import { openUpload } from '../service/download.ts'
import type { Exchange } from './exchange.ts'
import type { Headers } from './problem.ts'
import { hasVersion, rangeOf } from './ranges.ts'
import type { Context } from './route.ts'
import { idOf } from './uploadJson.ts'

export function downloadCsv(context: Context, exchange: Exchange): Promise<void> {
  return download(context, exchange, 'csv', 'text/csv; charset=utf-8')
}

export function downloadParquet(context: Context, exchange: Exchange): Promise<void> {
  return download(context, exchange, 'parquet', 'application/vnd.apache.parquet')
}

function download(
  { table, admission }: Context,
  exchange: Exchange,
  format: string,
  type: string,
): Promise<void> {
  const id = idOf(exchange.params.id)
  const run = async () => {
    const file = await openUpload(table, { id, format })
    try {
      const etag = `"${file.version}"`
      const headers: Headers = {
        etag,
        'accept-ranges': 'bytes',
        // A copy may be kept, but whoever has lost the right to read must not get it from the copy.
        'cache-control': 'private, no-cache',
        'content-type': type,
        'content-disposition': `attachment; filename="${id}.${format}"`,
      }
      const { headers: wanted, method } = exchange.request
      if (hasVersion(wanted, etag)) return exchange.answer(304, headers)
      const range = method === 'GET' ? rangeOf(wanted, file.bytes, etag) : undefined
      const { start, end } = range ?? { start: 0, end: file.bytes }
      headers['content-length'] = end - start
      if (range) headers['content-range'] = `bytes ${start}-${end - 1}/${file.bytes}`
      if (!exchange.begin(range ? 206 : 200, headers)) return
      if (method !== 'HEAD')
        for await (const part of range ? file.range(start, end) : file.parts()) await exchange.send(part)
      exchange.finish()
    } finally {
      await file.close()
    }
  }
  return admission.download(() => admission.connections.during(exchange.peer, run))
}
