import { Argument, Command } from 'commander'

export const completion = new Command('completion')
  .summary('print what makes a shell complete this command')
  .description(
    'Print a script that, once sourced, makes a shell complete commands, options, files and the names of columns. Names come from the server if it answers ' +
      'at once, and only names that mean nothing to a shell are offered.',
  )
  .addArgument(new Argument('<shell>', 'your shell').choices(['bash', 'zsh', 'fish']))
  .addHelpText(
    'after',
    [
      '\nExamples:',
      '  table-cli completion bash > table-cli.bash',
      '  table-cli completion zsh > table-cli.zsh',
      '  table-cli completion fish > table-cli.fish',
    ].join('\n'),
  )
  .action(async (shell: 'bash' | 'zsh' | 'fish') => {
    const { scripts } = await import('../completion/scripts.ts')
    process.stdout.write(scripts[shell])
  })

/** What the scripts ask for the words of a command line, from the one after `table-cli` to the one that is to be completed. */
export const completeWords = new Command('complete')
  .argument('<words...>')
  .action(async (words: string[], _options, command: Command) => {
    const { candidates } = await import('../completion/candidates.ts')
    const found = await candidates(command.parent as Command, words).catch(() => []) // a shell shows no errors here
    process.stdout.write(found.map(line => `${line}\n`).join(''))
    process.exit()
  })
