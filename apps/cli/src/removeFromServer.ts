import { createInterface } from 'node:readline/promises'
import { TableService } from '@table/proto'
import { ask, type Connection, withConnection } from './client.ts'
import { CliError } from './errors.ts'
import { tableText } from './printTable.ts'
import type { Target } from './target.ts'
import { uploadColumns, uploadRow } from './uploadRows.ts'

/**
 * Removes uploads from a running server, one after the other, and prints a line for each. Asks before on the terminal if it is told to.
 * Throws CliError if one of the uploads does not exist, and then none is removed, or if the user does not agree.
 */
export async function removeFromServer(
  target: Target,
  ids: readonly number[],
  options: { ask: boolean },
): Promise<void> {
  await withConnection(target, async connection => {
    const rows = []
    for (const id of ids) rows.push(await uploadOf(connection, id))
    if (options.ask) {
      for await (const text of tableText(uploadColumns, [rows], 'aligned', process.stderr))
        process.stderr.write(text)
      if (!(await agreed(ids.length))) throw new CliError('nothing was removed')
    }
    for (const id of ids) {
      await ask(connection, TableService.deleteUpload, { id: BigInt(id) })
      console.log(`upload ${id} removed`)
    }
  })
}

async function uploadOf(connection: Connection, id: number) {
  try {
    const { upload } = await ask(connection, TableService.getUpload, { id: BigInt(id) })
    if (!upload) throw new CliError(`the server told nothing of upload ${id}`)
    return uploadRow(upload)
  } catch (error) {
    if (!(error instanceof CliError)) throw error
    throw new CliError(`${error.message} (nothing was removed)`, { cause: error })
  }
}

/** Anything but y or yes means no, and so does the end of the input. */
async function agreed(uploads: number): Promise<boolean> {
  const terminal = createInterface({ input: process.stdin, output: process.stderr })
  const ended = new Promise<string>(resolve => terminal.once('close', () => resolve('')))
  try {
    const question = uploads === 1 ? 'remove this upload? [y/N] ' : `remove these ${uploads} uploads? [y/N] `
    return /^\s*y(es)?\s*$/i.test(await Promise.race([terminal.question(question), ended]))
  } finally {
    terminal.close()
  }
}
