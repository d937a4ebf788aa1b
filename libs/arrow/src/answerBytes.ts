import type { AnswerFormat } from '@table/table'
import type { Answer } from './column.ts'
import { jsonOf } from './json.ts'
import { arrowOf } from './stream.ts'

/** Yields an answer in a format. The bytes are valid until the next ones. */
export async function* answerBytes(
  answer: Answer,
  format: AnswerFormat,
): AsyncGenerator<Uint8Array, void, undefined> {
  // A format is loaded with its first use: each is as large as the rest.
  switch (format) {
    case 'arrow':
      yield* arrowOf(answer)
      return
    case 'csv':
      yield* (await import('./csv.ts')).csvOf(answer)
      return
    case 'json':
      for await (const text of jsonOf(answer)) yield Buffer.from(text)
      return
    case 'parquet':
      yield* (await import('./parquet.ts')).parquetOf(answer)
  }
}
