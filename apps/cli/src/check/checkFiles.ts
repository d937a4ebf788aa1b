import { once } from 'node:events'
import type { Dialect } from '@table/dialect'
import { caution, failure } from '../colours.ts'
import { CliError } from '../errors.ts'
import type { Input } from '../inputs.ts'
import { onInterrupt } from '../interrupt.ts'
import { type Row, type Style, tableText } from '../printTable.ts'
import { barLine, Progress } from '../progress.ts'
import { countOf, formatBytes } from '../units.ts'
import { checkColumns, checkRows, type Findings, warningsOf } from './checkRows.ts'
import { isSameFile, openCsv, storageFile } from './csvFile.ts'
import { writeRejects } from './rejects.ts'

const PAGE_ROWS = 1000

interface CheckOptions {
  dialect: Dialect | undefined
  /** Where to write the bad records of the only file. */
  rejects: string | undefined
}

/**
 * Checks files and prints a table of what is found. Warnings, and files that cannot be read, are told on standard error. Returns whether all files could be uploaded.
 */
export async function checkFiles(
  inputs: readonly Input[],
  style: Style,
  { dialect, rejects }: CheckOptions,
): Promise<boolean> {
  const total = inputs.reduce((sum, { bytes }) => sum + bytes, 0)
  let before = 0
  let done = 0
  const progress = new Progress(seconds => {
    const amount = {
      done: Math.min(before + done, total),
      total,
      name: formatBytes(total),
      format: formatBytes,
    }
    return barLine(amount, seconds)
  })
  const note = (line: string) => progress.print(() => console.error(line))
  let failed = 0
  let problems = 0
  async function* rowsOf(input: Input): AsyncGenerator<Row> {
    const file = await openCsv(input, dialect)
    try {
      const csv = await storageFile(file, input)
      const findings: Findings = { problems: 0 }
      yield* checkRows(csv, findings, bytes => {
        // The share of the file: a file that is unpacked has another size.
        done = (bytes / Math.max(csv.size, 1)) * input.bytes
      })
      for (const warning of findings.checked ? warningsOf(findings.checked) : [])
        note(caution(`warning: ${input.label}: ${warning}`))
      if (findings.problems > 0) failed++
      problems += findings.problems
      if (rejects === undefined) return
      if (!findings.checked)
        throw new CliError(`${rejects} is not written: the header has to be mended first`)
      if (await isSameFile(input, rejects))
        throw new CliError(`${rejects} is the file itself: name another one for --rejects`)
      await writeRejects(csv, findings.checked.headerEnd, rejects)
      note(`${rejects}: ${countOf(findings.problems, 'record')} to mend`)
    } finally {
      await file.close()
    }
  }
  async function* rows(): AsyncGenerator<Row> {
    for (const input of inputs) {
      const failedBefore = failed
      try {
        yield* rowsOf(input)
      } catch (error) {
        if (!(error instanceof CliError)) throw error
        note(failure(`${input.label}: ${error.message}`))
        failed = failedBefore + 1
      }
      before += input.bytes
      done = 0
    }
  }
  const forget = onInterrupt(() => progress.stop())
  try {
    for await (const text of tableText(checkColumns, pagesOf(rows()), style)) {
      let isTaken = true
      progress.print(() => {
        isTaken = process.stdout.write(text)
      })
      if (!isTaken) await once(process.stdout, 'drain')
    }
  } finally {
    forget()
    progress.stop()
  }
  if (process.stderr.isTTY && inputs.length > 1) {
    const found =
      failed === 0 ? 'no problems' : `${countOf(problems, 'problem')}; ${failed} cannot be uploaded`
    console.error(`${countOf(inputs.length, 'file')} checked, ${found}`)
  }
  return failed === 0
}

async function* pagesOf(rows: AsyncIterable<Row>): AsyncGenerator<Row[]> {
  let page: Row[] = []
  for await (const row of rows) {
    page.push(row)
    if (page.length < PAGE_ROWS) continue
    yield page
    page = []
  }
  if (page.length > 0) yield page
}
