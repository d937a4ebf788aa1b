import { Command, InvalidArgumentError } from 'commander'
import { dataDirOption } from '../options.ts'

export const rm = new Command('rm')
  .summary('remove uploads')
  .description(
    'Remove uploads, with their files, from a data directory that no server runs on. If one of the uploads does not exist, ' +
      'nothing is removed.',
  )
  .argument('<id...>', 'numbers of uploads, as in the names of their files', parseIds)
  .addOption(dataDirOption())
  .action(async (ids: number[], { dataDir }: { dataDir: string }) => {
    // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
    const { removeFromDirectory } = await import('../rows.ts')
    removeFromDirectory(dataDir, [...new Set(ids)])
  })

function parseIds(text: string, before: number[] = []): number[] {
  const id = Number(text)
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(id) || id === 0)
    throw new InvalidArgumentError('Expected the number of an upload.')
  return [...before, id]
}
