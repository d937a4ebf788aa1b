import { Command, InvalidArgumentError } from 'commander'
import { CliError, oneLine } from '../errors.ts'
import type { Load } from '../load.ts'
import type { Target } from '../target.ts'
import { formatBytes, formatRows } from '../units.ts'

/**
 * The number of uploads at once, one for each of the server's workers. One connection is as fast as eight
 * (measured).
 */
const UPLOADS_AT_ONCE = 8
/** The number of rows in memory at once, about 20 bytes each. With large batches, fewer uploads run at once. */
const ROWS_AT_ONCE = 4_000_000
const MAX_BATCHES = 1_000_000
const CHUNK_BYTES = 256 * 1024

export const bigdata = new Command('bigdata')
  .summary('upload a big generated table')
  .description(
    'Upload a big generated table: row i of batch b is x = 1, y = i, z = b*1000 + i%1000. ' +
      'Prints by how much the sums of x, y and z grow.',
  )
  .option('--batches <count>', 'number of uploads', counter(MAX_BATCHES), 400)
  .option('--rows <count>', 'rows in each', counter(ROWS_AT_ONCE), 250_000)
  .addHelpText('after', '\nExamples:\n  table-cli bigdata --batches 4 --rows 1000')
  .action(async (_options, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const load = command.opts<Load>()
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { batchCsv, sumsOf } = await import('../load.ts')
    const start = performance.now()
    const bytes = await uploadLoad(target, load, batchCsv)
    const seconds = (performance.now() - start) / 1000
    console.log(
      `${load.batches} uploads of ${load.rows} rows, ${formatBytes(bytes)}, ${seconds.toFixed(1)} s`,
    )
    for (const [column, total] of Object.entries(sumsOf(load))) console.log(`${column} + ${total}`)
  })

/**
 * Uploads all batches. Returns how many bytes of CSV were uploaded. Throws CliError for the first upload that
 * fails, with how many uploads are stored.
 */
async function uploadLoad(
  target: Target,
  { batches, rows }: Load,
  batchCsv: (batch: number, rows: number) => Uint8Array,
): Promise<number> {
  const { barLine, Progress } = await import('../progress.ts')
  const { Uploader } = await import('../uploader.ts')
  let started = 0
  let stored = 0
  let bytes = 0
  let failure: CliError | undefined
  const progress = new Progress(seconds => {
    const amount = {
      done: stored * rows,
      total: batches * rows,
      name: `${batches} uploads`,
      format: formatRows,
    }
    return barLine({ ...amount, isOut: uploader.isOut }, seconds - uploader.outage)
  })
  const uploader = new Uploader(target, note => progress.print(() => console.error(note)))
  const uploadInTurn = async () => {
    while (started < batches && !failure) {
      const batch = started++
      const csv = batchCsv(batch, rows)
      try {
        const { error } = await uploader.upload(use => use({ size: csv.length, chunks: split(csv) }))
        if (error !== '') throw new CliError(oneLine(error))
        bytes += csv.length
        stored++
      } catch (error) {
        if (!(error instanceof CliError)) throw error
        failure ??= new CliError(`batch ${batch}: ${error.message}`, { cause: error })
      }
    }
  }
  try {
    await uploader.connect()
    const atOnce = Math.min(UPLOADS_AT_ONCE, Math.max(1, Math.floor(ROWS_AT_ONCE / rows)))
    await Promise.all(Array.from({ length: atOnce }, uploadInTurn))
  } finally {
    progress.stop()
    uploader.close()
  }
  if (failure) throw new CliError(`${failure.message} (${stored} of ${batches} batches are stored)`)
  return bytes
}

function* split(bytes: Uint8Array): Generator<Uint8Array> {
  for (let start = 0; start < bytes.length; start += CHUNK_BYTES)
    yield bytes.subarray(start, start + CHUNK_BYTES)
}

function counter(limit: number): (text: string) => number {
  return text => {
    const count = Number(text)
    if (/^\d+$/.test(text) && count >= 1 && count <= limit) return count
    throw new InvalidArgumentError(`Expected a whole number from 1 to ${limit}.`)
  }
}
