import { Command } from 'commander'
import { parseDirectory, parseId } from '../options.ts'

interface RemoveOptions {
  dataDir?: string
  yes?: true
}

export const rm = new Command('rm')
  .summary('remove uploads')
  .description(
    'Remove uploads, with their files, from a running server, or with --data-dir from a data directory that no server runs on. If ' +
      'one of the uploads does not exist, nothing is removed.',
  )
  .argument('<id...>', 'numbers of uploads, as ls prints them', (text, before: number[] = []) => [
    ...before,
    parseId(text),
  ])
  .option('--yes', 'do not ask before uploads of a server are removed')
  // No default and no variable: a server's data directory must not be taken for what the user meant.
  .option('--data-dir <path>', 'remove from the data directory of a stopped server', parseDirectory)
  .addHelpText(
    'after',
    '\nExamples:\n  table-cli rm 3\n  table-cli rm 4 5 --yes\n  table-cli rm 3 --data-dir ./data',
  )
  .action(async (ids: number[], { dataDir, yes }: RemoveOptions, command: Command) => {
    const distinct = [...new Set(ids)]
    if (dataDir !== undefined) {
      // Load the storage library only when a command needs it: loading takes longer than the rest of the CLI.
      const { removeFromDirectory } = await import('../rows.ts')
      removeFromDirectory(dataDir, distinct)
      return
    }
    if (!yes && !(process.stdin.isTTY && process.stderr.isTTY))
      command.error('error: without a terminal to ask on, rm needs --yes')
    const { targetOf } = await import('../target.ts')
    const target = targetOf(command)
    const { removeFromServer } = await import('../removeFromServer.ts')
    await removeFromServer(target, distinct, { ask: !yes })
  })
