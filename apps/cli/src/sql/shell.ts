import { createInterface, type Interface } from 'node:readline/promises'
import { typeName } from '@table/arrow'
import type { Connection } from '../client.ts'
import { failure } from '../colours.ts'
import { CliError } from '../errors.ts'
import type { Style } from '../printTable.ts'
import { answerQuery } from './answer.ts'
import { answerOf } from './columns.ts'
import { Completion } from './completion.ts'
import { HISTORY_LINES, History } from './history.ts'
import { askQuery } from './query.ts'
import { isBlank, statementEnd } from './statements.ts'
import { visible } from './table.ts'

const PROMPT = 'table> '
const CONTINUED = '   ... '

const HELP = `End a query with a semicolon; it may have several lines. Tab completes names, the arrow keys bring earlier lines back.
Ctrl-C drops the line or cancels the query, Ctrl-D ends.

.tables   the views that queries can read
.schema   their columns
.help     this text
.quit     end`

const VIEWS = `data      the rows of all uploads, with the upload of each row (_upload) and when it came (_received_at)
uploads   a row for each upload`

/** Asks for queries until the input ends. An error of a query is a line on stderr, and the shell goes on. */
export async function runShell(connection: Connection, style: Style): Promise<void> {
  const history = new History()
  const completion = new Completion(connection)
  const terminal = createInterface({
    input: process.stdin,
    output: process.stdout,
    completer: (line: string) => completion.complete(line),
    history: history.load(),
    historySize: HISTORY_LINES,
    removeHistoryDuplicates: true,
    prompt: PROMPT,
  })
  const shell = new Shell(connection, terminal, style)
  let isClosed = false
  terminal.on('close', () => {
    isClosed = true
  })
  terminal.on('SIGINT', () => shell.interrupt())
  console.error(`Connected to ${connection.target.name}. Type .help for help.`)
  terminal.prompt()
  for await (const line of terminal) {
    if (line.trim() !== '') history.add(line)
    await shell.take(line)
    if (shell.isOver) break
    if (isClosed) continue // Ctrl-D came while the query ran: readline refuses to prompt, but may have read further lines
    terminal.setPrompt(shell.isInStatement ? CONTINUED : PROMPT)
    terminal.prompt()
  }
  if (!shell.isOver) console.log() // what follows Ctrl-D begins a line
  terminal.close()
}

class Shell {
  readonly #connection: Connection
  readonly #terminal: Interface
  readonly #style: Style
  /** The lines of a statement that has no end yet. */
  #pending = ''
  /** There while a query runs. */
  #running: AbortController | undefined
  isOver = false

  constructor(connection: Connection, terminal: Interface, style: Style) {
    this.#connection = connection
    this.#terminal = terminal
    this.#style = style
  }

  get isInStatement(): boolean {
    return this.#pending !== ''
  }

  async take(line: string): Promise<void> {
    if (!this.isInStatement && line.trim().startsWith('.')) return this.#command(line.trim())
    this.#pending += `${line}\n`
    for (let end = statementEnd(this.#pending); end !== undefined; end = statementEnd(this.#pending)) {
      const statement = this.#pending.slice(0, end - 1)
      this.#pending = this.#pending.slice(end)
      if (!isBlank(statement)) await this.#answer(statement)
    }
    if (isBlank(this.#pending)) this.#pending = ''
  }

  /** Ctrl-C: cancels the query, or else drops what is typed. */
  interrupt(): void {
    if (this.#running) {
      this.#running.abort(new CliError('the query was cancelled'))
      return
    }
    this.#pending = ''
    // What was typed stays on the screen, and the next prompt is empty.
    process.stdout.write('^C\n')
    this.#terminal.setPrompt(PROMPT)
    this.#terminal.write(null, { ctrl: true, name: 'e' })
    this.#terminal.write(null, { ctrl: true, name: 'u' })
  }

  async #command(line: string): Promise<void> {
    if (line === '.help') console.log(HELP)
    else if (line === '.tables') console.log(VIEWS)
    else if (line === '.quit' || line === '.exit') this.isOver = true
    else if (line === '.schema') {
      for (const view of ['data', 'uploads']) {
        console.log(view)
        await this.#during(controller => this.#columns(view, controller.signal))
      }
    } else console.error(failure(`there is no ${line}: .help says what there is`))
  }

  #answer(statement: string): Promise<void> {
    return this.#during(controller =>
      answerQuery(this.#connection, statement, { style: this.#style }, controller),
    )
  }

  /** Prints the columns of a view. Dialects of SQL describe tables in different ways, but every answer has types. */
  async #columns(view: string, signal: AbortSignal): Promise<void> {
    const answer = answerOf(await askQuery(this.#connection, `SELECT * FROM ${view} LIMIT 0`, signal))
    for await (const _ of answer.batches);
    for (const { name, type } of answer.fields) console.log(`  ${visible(name)}: ${typeName(type)}`)
  }

  async #during(work: (controller: AbortController) => Promise<void>): Promise<void> {
    this.#running = new AbortController()
    try {
      await work(this.#running)
    } catch (error) {
      if (!(error instanceof CliError)) throw error
      console.error(failure(error.message))
    } finally {
      this.#running = undefined
    }
  }
}
