import { setTimeout as pause } from 'node:timers/promises'
import type { Command, Option } from 'commander'

/** Stands for the names of files, which the shell completes itself. */
export const FILES = ':files'

/** In ms. Somebody waits with a finger on Tab. */
const COLUMNS_LIMIT = 300

/** What arguments and values of options are called if they are files or directories. */
const FILE_NAMES = ['file', 'path', 'dest', 'backup']

/** A shell takes such a name as it is. Other names would need quotes, in each shell in its own way. */
const PLAIN = /^[\p{L}\p{N}_][\p{L}\p{N}_.-]*$/u

/** What stands on a command line before the word that is to be completed. */
interface Before {
  command: Command
  /** How many arguments of the command there are. */
  operands: number
  /** The option whose value comes next. */
  option: Option | undefined
}

/** Returns what the last of `words` may become, or `FILES`. `words`: the command line, after the program's name. */
export async function candidates(program: Command, words: readonly string[]): Promise<string[]> {
  const whole = joined(words)
  const word = whole.pop() ?? ''
  const before = read(program, whole)
  const found = before ? await possible(program, before, whole, word) : []
  return found.filter(text => text === FILES || text.startsWith(word))
}

/** Joins what bash takes apart at a colon or an equals sign: localhost : 5440. */
function joined(words: readonly string[]): string[] {
  const whole: string[] = []
  words.forEach((word, i) => {
    const belongs = /^[:=]$/.test(word) || /^[:=]$/.test(words[i - 1] ?? '')
    if (belongs && whole.length > 0) whole.push(`${whole.pop()}${word}`)
    else whole.push(word)
  })
  return whole
}

/** Returns undefined if there is no such command. */
function read(program: Command, words: readonly string[]): Before | undefined {
  let command: Command | undefined = program
  let operands = 0
  let option: Option | undefined
  for (const word of words) {
    if (option) option = undefined
    else if (/^-./.test(word)) {
      const named = optionsOf(program, command).find(({ long, short }) => word === long || word === short)
      option = named?.required ? named : undefined
    } else if (command === program) command = program.commands.find(known => known.name() === word)
    else operands++
    if (!command) return undefined
  }
  return { command, operands, option }
}

async function possible(
  program: Command,
  { command, operands, option }: Before,
  words: string[],
  word: string,
): Promise<string[]> {
  if (option) return option.argChoices ?? filesOf(option.flags)
  if (word.startsWith('-'))
    return optionsOf(program, command).flatMap(({ long, hidden }) => (long && !hidden ? long : []))
  if (command === program)
    return program
      .createHelp()
      .visibleCommands(program)
      .map(known => known.name())
  const { registeredArguments: known } = command
  const last = known.at(-1)
  const argument = known[operands] ?? (last?.variadic ? last : undefined)
  if (!argument) return []
  if (argument.name() === 'column') return columns(program, words)
  return argument.argChoices ?? filesOf(argument.name())
}

function filesOf(name: string): string[] {
  return FILE_NAMES.some(file => name === file || name.includes(`<${file}>`)) ? [FILES] : []
}

function optionsOf(program: Command, command: Command): readonly Option[] {
  const help = command.createHelp()
  return [...help.visibleOptions(command), ...(command === program ? [] : program.options)]
}

async function columns(program: Command, words: string[]): Promise<string[]> {
  program.parseOptions(words) // --server and its like
  const { targetOf } = await import('../target.ts')
  const { withConnection } = await import('../client.ts')
  const { columnNames } = await import('../similarNames.ts')
  const names = withConnection(targetOf(program), connection => columnNames(connection, COLUMNS_LIMIT))
  const known = await Promise.race([names, pause(COLUMNS_LIMIT, [])])
  return (known ?? []).filter(name => PLAIN.test(name))
}
