import { type ColSumReq, ColSumResp, TableService } from '@table/proto'
import { readAnswer, receiveAnswer } from './answer.ts'
import { framePrefix, startCall } from './call.ts'
import { openConnection } from './connection.ts'
import { CliError, oneLine } from './errors.ts'
import type { Target } from './target.ts'

export type Format = 'csv' | 'parquet'

export interface Sum {
  total: bigint
  /** The time of the call alone, without connecting. */
  milliseconds: number
}

/** Asks the server for the sum of a column. Throws CliError with the server's own message if the server refuses. */
export async function columnSum(target: Target, column: string, format: Format): Promise<Sum> {
  const session = await openConnection(target)
  try {
    const start = performance.now()
    const request: ColSumReq = { column, format }
    const stream = startCall(session, target, TableService.colSum.path)
    let reason = ''
    stream.on('error', error => {
      reason = ` (${error.message})`
    })
    const message = TableService.colSum.requestSerialize(request)
    stream.end(Buffer.concat([framePrefix(message.length), message]))
    const answer = await receiveAnswer(stream)
    if (!answer) throw new CliError(`lost the connection to ${target.name}${reason}: try again`)
    const { total, error } = ColSumResp.decode(readAnswer(target, answer))
    if (error !== '') throw new CliError(oneLine(error))
    return { total, milliseconds: performance.now() - start }
  } finally {
    session.destroy()
  }
}
