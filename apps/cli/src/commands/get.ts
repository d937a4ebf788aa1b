import { Command, Option } from 'commander'
import { type Format, parseId } from '../options.ts'
import { formatBytes } from '../units.ts'

export const get = new Command('get')
  .summary('get an upload back')
  .description(
    'Write an upload to standard output or a file: the CSV, byte for byte as it was uploaded, or the Parquet file. The bytes are ' +
      'checked against a checksum. A file has its name only once it is whole.',
  )
  .argument('<id>', 'number of the upload, as ls prints it', parseId)
  .option('-o, --output <file>', 'the file to write')
  .addOption(new Option('--format <format>', 'which file to get').choices(['csv', 'parquet']).default('csv'))
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli get 3 | head\n  table-cli get 3 --format parquet -o sales.parquet',
  )
  .action(async (id: number, { output, format }: { output?: string; format: Format }, command: Command) => {
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { withConnection } = await import('../client.ts')
    const { downloaded } = await import('../download.ts')
    const { Progress } = await import('../progress.ts')
    const { print } = await import('../print.ts')
    const { writeWhole } = await import('../wholeFile.ts')
    await withConnection(target, async connection => {
      const bytes = downloaded(connection, id, format)
      if (output === undefined) return print(bytes)
      let done = 0
      const progress = new Progress(
        seconds => `${formatBytes(done)} received, ${formatBytes(done / seconds)}/s`,
      )
      const count = (written: number) => {
        done = written
      }
      await writeWhole(output, bytes, count).finally(() => progress.stop())
    })
  })
