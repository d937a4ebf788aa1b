#!/usr/bin/env node
import { Command, CommanderError, Option } from 'commander'
import packageJson from '../package.json' with { type: 'json' }
import { parseAddress } from './address.ts'
import { failure } from './colours.ts'
import { adopt } from './commands/adopt.ts'
import { backup } from './commands/backup.ts'
import { bigdata } from './commands/bigdata.ts'
import { check } from './commands/check.ts'
import { completeWords, completion } from './commands/completion.ts'
import { csvsum } from './commands/csvsum.ts'
import { describe } from './commands/describe.ts'
import { get } from './commands/get.ts'
import { ls } from './commands/ls.ts'
import { migrate } from './commands/migrate.ts'
import { parquetsum } from './commands/parquetsum.ts'
import { repair } from './commands/repair.ts'
import { restore } from './commands/restore.ts'
import { rm } from './commands/rm.ts'
import { sql } from './commands/sql.ts'
import { stats } from './commands/stats.ts'
import { sum } from './commands/sum.ts'
import { upload } from './commands/upload.ts'
import { verify } from './commands/verify.ts'
import { oneLine } from './errors.ts'
import { reportError } from './report.ts'

// An error of a callback ends the program as any other does.
process.on('uncaughtException', error => {
  reportError(error)
  process.exit()
})

const DEFAULT_SERVER = 'localhost:5440'

const program = new Command('table-cli')
  .description('Upload CSV pieces of one growing table and sum its columns.')
  .version(packageJson.version, '--version', 'print the version')
  .addOption(
    new Option('--server <host:port>', 'the server to talk to')
      .env('TABLE_SERVER')
      .argParser(parseAddress)
      .default(parseAddress(DEFAULT_SERVER), DEFAULT_SERVER),
  )
  .addOption(new Option('--ca <file>', "use TLS; the server's authority, in PEM").env('TABLE_CA'))
  .addOption(new Option('--cert <file>', 'certificate to show to the server, in PEM').env('TABLE_CERT'))
  .addOption(new Option('--key <file>', 'the private key of that certificate, in PEM').env('TABLE_KEY'))
  .addHelpText(
    'after',
    '\nA token for the server goes into the environment variable TABLE_TOKEN.\n\n' +
      'Examples:\n  table-cli upload sales.csv\n  table-cli describe\n  table-cli sum price',
  )
const commands = [
  upload,
  check,
  ls,
  describe,
  sum,
  stats,
  sql,
  get,
  rm,
  csvsum,
  parquetsum,
  bigdata,
  verify,
  repair,
  backup,
  migrate,
  restore,
  adopt,
  completion,
]
for (const command of commands) program.addCommand(command)
program.addCommand(completeWords, { hidden: true })
program.hook('preAction', async (_, command) => {
  if (command.opts().dataDir === undefined) return
  const { expectStorage } = await import('./storageSupport.ts')
  expectStorage()
})
for (const command of [program, ...program.commands]) {
  const help = command === program ? 'table-cli --help' : `table-cli ${command.name()} --help`
  command
    .exitOverride()
    .configureHelp({ showGlobalOptions: true })
    .configureOutput({
      outputError: (text, write) => write(`${failure(`${oneLine(text)} (see ${help})`)}\n`),
    })
}

// A closed pipe, as in `table-cli ... | head -1`, is not an error worth a report.
process.stdout.on('error', error => {
  const { code } = error as NodeJS.ErrnoException
  if (code !== 'EPIPE')
    console.error(failure(`cannot write standard output (${code}): check where it goes, and the disk`))
  process.exit(1)
})

try {
  await program.parseAsync()
} catch (error) {
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : 2
  else reportError(error)
}
