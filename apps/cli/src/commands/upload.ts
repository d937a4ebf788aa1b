import { stat } from 'node:fs/promises'
import { basename } from 'node:path'
import { Command } from 'commander'
import { addDialectOptions, type Dialect, dialectOf } from '../dialect/dialect.ts'
import { CliError, oneLine, UnreachableError } from '../errors.ts'
import type { Target } from '../target.ts'
import { formatBytes, formatSeconds } from '../units.ts'

export const upload = addDialectOptions(new Command('upload'))
  .summary('upload CSV files')
  .description(
    'Upload CSV files, one after the other, and print "success" for each that is stored. ' +
      'A file that fails is named on standard error and the others still go up; the exit code is then 1. ' +
      'What gzip or zstd have packed is unpacked. Files that are not comma-separated UTF-8 are translated, as the options say.',
  )
  .argument('<file...>', 'CSV files, each with a header')
  .action(async (paths: string[], _options, command: Command) => {
    const { targetOf } = await import('../target.ts')
    if (!(await uploadFiles(targetOf(command), paths, dialectOf(command)))) process.exitCode = 1
  })

/**
 * Uploads each file. Returns whether all are stored. Throws UnreachableError, because then no other file can
 * be uploaded either.
 */
async function uploadFiles(
  target: Target,
  paths: readonly string[],
  dialect: Dialect | undefined,
): Promise<boolean> {
  // Load only what a command needs: the library of gRPC takes longer than the rest of the CLI.
  const [{ adviceFor, fileUpload }, { barLine, Progress }, { Uploader }] = await Promise.all([
    import('../dialect/source.ts'),
    import('../progress.ts'),
    import('../uploader.ts'),
  ])
  const sizes = await Promise.all(paths.map(sizeOf))
  const total = sizes.reduce((sum, size) => sum + size, 0)
  let before = 0
  let sent = 0
  let reading = false
  let storingSince: number | undefined
  let index = 0
  const progress = new Progress(seconds => {
    const which = `${paths.length > 1 ? `${index + 1}/${paths.length} ` : ''}${oneLine(basename(paths[index] ?? ''))}`
    if (reading) return `reading ${which}`
    if (storingSince === undefined) {
      const amount = { done: before + sent, total, name: formatBytes(total), format: formatBytes }
      return `${barLine(amount, seconds)}  ${which}`
    }
    const waiting = formatSeconds((performance.now() - storingSince) / 1000)
    return `${formatBytes(sent)} sent, the server is storing ${which}: ${waiting}`
  })
  const uploader = new Uploader(target, note => progress.print(() => console.error(note)))
  let stored = 0
  try {
    for (const path of paths) {
      try {
        reading = true
        const open = await fileUpload(path, dialect)
        reading = false
        const onSent = (bytes: number, size: number) => {
          // The share of the file: an upload that is unpacked or translated has another size.
          sent = (bytes / Math.max(size, 1)) * (sizes[index] ?? 0)
          storingSince = bytes === size ? performance.now() : undefined
        }
        const answer = await uploader.upload(open, { name: oneLine(basename(path)), onSent })
        if (answer.error !== '')
          throw new CliError(oneLine(answer.error) + (dialect ? '' : await adviceFor(path, answer.error)))
        stored++
        progress.print(() => {
          for (const warning of answer.warnings)
            console.error(`warning: ${oneLine(path)}: ${oneLine(warning)}`)
          console.log('success')
        })
      } catch (error) {
        if (!(error instanceof CliError) || error instanceof UnreachableError) throw error
        progress.print(() => console.error(`${oneLine(path)}: ${error.message}`))
      }
      before += sizes[index++] ?? 0
      sent = 0
      storingSince = undefined
    }
  } finally {
    progress.stop()
    uploader.close()
  }
  return stored === paths.length
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0, // reported when its turn comes
  )
}
