import type { Dialect } from '@table/dialect'
import { type Command, InvalidArgumentError, Option } from 'commander'

interface DialectOptions {
  delimiter?: string
  encoding?: string
  null?: string[]
  decimalComma?: true
  comment?: string
  columns?: string[]
  lineEnd?: 'cr'
}

/** Gives a command the options that `dialectOf` reads. */
export function addDialectOptions(command: Command): Command {
  return command
    .addOption(
      new Option('--delimiter <text>', "what separates fields: ';', '\\t', ...").argParser(delimiter),
    )
    .addOption(
      new Option('--encoding <name>', 'utf-16le, utf-16be, windows-1252, iso-8859-15, ...').argParser(
        encoding,
      ),
    )
    .addOption(
      new Option('--null <token>', 'an unquoted field that means null; may be given again').argParser(
        oneMore,
      ),
    )
    .option('--decimal-comma', '1,5 is the number 1.5')
    .addOption(new Option('--comment <text>', 'leave out lines that begin with this').argParser(text))
    .addOption(
      new Option('--columns <names>', 'names, separated by commas, for a file without header').argParser(
        names,
      ),
    )
    .addOption(new Option('--line-end <kind>', 'lines end in CR alone, or in LF or CRLF').choices(['cr']))
}

/** The dialect that the options of `command` name; undefined if they name none, for a file that goes up as it is. */
export function dialectOf(command: Command): Dialect | undefined {
  const options = command.opts<DialectOptions>()
  const { delimiter, encoding, null: nulls, decimalComma, comment, columns, lineEnd } = options
  const given = [delimiter, encoding, nulls, decimalComma, comment, columns, lineEnd]
  if (given.every(option => option === undefined)) return undefined
  return {
    delimiter: delimiter ?? ',',
    encoding: encoding ?? 'utf-8',
    nulls: nulls ?? [],
    decimalComma: decimalComma ?? false,
    ...(comment !== undefined && { comment }),
    ...(columns !== undefined && { columns }),
    crEnds: lineEnd === 'cr',
  }
}

function delimiter(given: string): string {
  // Shells have no plain way to type a tab.
  return text(given === '\\t' ? '\t' : given)
}

function text(given: string): string {
  if (given !== '' && !/["\r\n]/.test(given)) return given
  throw new InvalidArgumentError('Expected one or more characters, without quotes and line ends.')
}

function encoding(given: string): string {
  try {
    const { encoding } = new TextDecoder(given)
    // What its bytes mean depends on all bytes before them, and files are decoded in pieces.
    if (encoding !== 'iso-2022-jp') return encoding
  } catch {
    // Told below.
  }
  throw new InvalidArgumentError('Expected utf-16le, windows-1252 or another encoding of the web.')
}

function oneMore(token: string, before: string[] = []): string[] {
  return [...before, token]
}

function names(given: string): string[] {
  const names = given.split(',')
  if (names.every(name => name !== '')) return names
  throw new InvalidArgumentError('Expected NAME,NAME,...')
}
