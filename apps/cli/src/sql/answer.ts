import type { RecordBatch } from 'apache-arrow'
import type { Connection } from '../client.ts'
import { CliError } from '../errors.ts'
import { print } from '../print.ts'
import type { Style } from '../printTable.ts'
import { Progress } from '../progress.ts'
import { formatBytes, formatRows, formatSeconds } from '../units.ts'
import { writeWhole } from '../wholeFile.ts'
import { answerOf } from './columns.ts'
import { type Paging, printPaged } from './pager.ts'
import { askQuery, type Result } from './query.ts'
import { tableOf } from './table.ts'

export type FileFormat = 'parquet' | 'arrow' | 'csv'

/** Where an answer goes: to stdout in a style, or into a file. */
export interface Destination {
  style: Style
  file?: { path: string; format: FileFormat }
}

/**
 * Asks a query, and writes the answer as its rows come. For people, stderr then has the number of rows and the time. Throws CliError,
 * also in the middle of an answer; a file is then not written. Aborting `controller` cancels the query.
 */
export async function answerQuery(
  connection: Connection,
  sql: string,
  { style, file }: Destination,
  controller: AbortController,
): Promise<void> {
  const startedAt = performance.now()
  let rows = 0
  let bytes = 0
  const progress = new Progress(seconds =>
    rows === 0
      ? `the query is at work: ${formatSeconds(seconds)}`
      : `${formatRows(rows)} received, ${formatBytes(bytes)} written`,
  )
  try {
    const { fields, batches } = await askQuery(connection, sql, controller.signal)
    const counted = counting(batches, count => {
      if (!file) progress.stop() // before the count, which the line would show once more
      rows += count
    })
    const result = { fields, batches: counted }
    let paging: Paging = 'none'
    if (file) {
      const onWritten = (written: number) => {
        bytes = written
      }
      await writeWhole(file.path, await fileBytes(result, file.format), onWritten)
    } else if (style !== 'aligned') await print(await programText(result, style))
    else if (process.stdout.isTTY) {
      const cancel = () => controller.abort(new CliError('the query was cancelled'))
      paging = await printPaged(tableOf(answerOf(result), hasColour()), cancel)
    } else await print(tableOf(answerOf(result), false))
    progress.stop()
    if (file || style === 'aligned') console.error(summary(rows, startedAt, paging))
  } finally {
    progress.stop()
  }
}

async function* counting(
  batches: AsyncIterable<RecordBatch>,
  onRows: (rows: number) => void,
): AsyncGenerator<RecordBatch> {
  for await (const batch of batches) {
    onRows(batch.numRows)
    yield batch
  }
  onRows(0)
}

/** Loads a format with its first use: each is as large as the rest of the command. */
async function fileBytes(result: Result, format: FileFormat): Promise<AsyncGenerator<Uint8Array>> {
  switch (format) {
    case 'parquet':
      ;(await import('../storageSupport.ts')).expectStorage('write Parquet files')
      return (await import('./parquetFile.ts')).parquetFile(result)
    case 'arrow':
      return (await import('./arrowFile.ts')).arrowFile(result)
    case 'csv':
      return (await import('@table/arrow/csv')).csvOf(answerOf(result))
  }
}

async function programText(
  result: Result,
  style: 'json' | 'csv',
): Promise<AsyncGenerator<string | Uint8Array>> {
  return style === 'csv'
    ? (await import('@table/arrow/csv')).csvOf(answerOf(result))
    : (await import('./json.ts')).jsonArray(answerOf(result))
}

function hasColour(): boolean {
  return process.stdout.hasColors?.() ?? false
}

function summary(rows: number, startedAt: number, paging: Paging): string {
  const count = `${rows.toLocaleString('en')} row${rows === 1 ? '' : 's'}`
  if (paging === 'stopped') return `stopped after ${count}`
  // The time in a pager is the reader's.
  if (paging === 'whole') return count
  const seconds = (performance.now() - startedAt) / 1000
  return `${count}, ${seconds < 60 ? `${seconds.toFixed(3)} s` : formatSeconds(seconds)}`
}
