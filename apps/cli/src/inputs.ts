import type { Dirent } from 'node:fs'
import * as fs from 'node:fs/promises'
import { basename, join, relative } from 'node:path'
import type { Command } from 'commander'
import { failure } from './colours.ts'
import { CliError, oneLine } from './errors.ts'

/** A file, or standard input, that an argument of a command means. */
export interface Input {
  /** What messages call it. */
  label: string
  /** Undefined: standard input. */
  path: string | undefined
  /** What people call the file: its name, or its path within the directory that was given. Empty: standard input. */
  name: string
  /** The size on the disk, 0 if it is not known yet. */
  bytes: number
}

export interface Inputs {
  inputs: Input[]
  /** Lines about arguments that mean no file. */
  problems: string[]
}

/**
 * Returns what the arguments of a command mean. Two arguments for standard input are wrong usage, as it can be read once. The caller gives
 * the problems to `tellProblems`.
 */
export function inputsOfCommand(command: Command, args: readonly string[]): Promise<Inputs> {
  if (args.filter(argument => argument === '-').length > 1)
    command.error('error: standard input (-) can be read only once')
  return inputsOf(args)
}

/** Says on stderr which arguments mean no file; the exit code is then 1. */
export function tellProblems(problems: readonly string[]): void {
  for (const problem of problems) console.error(failure(problem))
  if (problems.length > 0) process.exitCode = 1
}

/** Which files of a directory are meant. */
const CSV_FILE = /\.csv(\.gz|\.zst)?$/i
const GLOB = /[*?[\]{}]/

/**
 * Returns what the arguments mean: a file, `-` for standard input, every CSV file in a directory and the directories below it, or the files
 * that match a glob. Hidden files have to be named. The order is that of the arguments; files of one argument are sorted.
 */
export async function inputsOf(args: readonly string[]): Promise<Inputs> {
  const inputs: Input[] = []
  const problems: string[] = []
  for (const argument of args)
    try {
      inputs.push(...(await meantBy(argument)))
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      problems.push(`${oneLine(argument)}: ${error.message}`)
    }
  return { inputs, problems }
}

async function meantBy(argument: string): Promise<Input[]> {
  if (argument === '-') return [{ label: 'standard input', path: undefined, name: '', bytes: 0 }]
  const found = await fs.stat(argument).catch(() => undefined)
  if (found?.isDirectory()) return filesOf(argument)
  // A file that cannot be read is reported when its turn comes.
  if (found || !GLOB.test(argument)) return [input(argument, basename(argument), found?.size ?? 0)]
  const paths = await matching(argument)
  if (paths.length === 0) throw new CliError('no file matches: check the pattern')
  return Promise.all(paths.map(async path => input(path, basename(path), await sizeOf(path))))
}

function input(path: string, name: string, bytes: number): Input {
  return { label: oneLine(path), path, name: oneLine(name), bytes }
}

async function filesOf(directory: string): Promise<Input[]> {
  const paths = (await csvFilesBelow(directory)).sort()
  if (paths.length === 0) throw new CliError('has no .csv, .csv.gz or .csv.zst file: name the files')
  return Promise.all(paths.map(async path => input(path, relative(directory, path), await sizeOf(path))))
}

/** Links to files count, links to directories do not: they could lead back. */
async function csvFilesBelow(directory: string): Promise<string[]> {
  const found: string[] = []
  for (const entry of await entriesOf(directory)) {
    const path = join(directory, entry.name)
    if (entry.name.startsWith('.')) continue
    if (entry.isDirectory()) found.push(...(await csvFilesBelow(path)))
    else if (CSV_FILE.test(entry.name) && (await isFile(path))) found.push(path)
  }
  return found
}

async function entriesOf(directory: string): Promise<Dirent[]> {
  try {
    return await fs.readdir(directory, { withFileTypes: true })
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException
    throw new CliError(`cannot list ${oneLine(directory)} (${code}): make the directory readable`)
  }
}

async function matching(pattern: string): Promise<string[]> {
  if (!fs.glob) throw new CliError('no such file, and patterns need Node 22 or later: check the path')
  const paths: string[] = []
  for await (const path of fs.glob(pattern)) if (await isFile(path)) paths.push(path)
  return paths.sort()
}

async function isFile(path: string): Promise<boolean> {
  return (await fs.stat(path).catch(() => undefined))?.isFile() ?? false
}

async function sizeOf(path: string): Promise<number> {
  return (await fs.stat(path).catch(() => undefined))?.size ?? 0
}
