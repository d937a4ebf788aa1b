// The commands that change the rows of a catalogue.
import { setImmediate as turn } from 'node:timers/promises'
import { adoptUploads, beginRepair, removeUploads } from '@table/storage'
import { inTermsOfCli } from './dataDir.ts'

/** Removes uploads. Throws CliError if an upload does not exist or a server has the directory open. */
export function removeFromDirectory(dataDir: string, ids: readonly number[]): void {
  const end = inTermsOfCli(() => beginRepair(dataDir))
  try {
    inTermsOfCli(() => removeUploads(dataDir, ids))
    console.log(`${ids.length} uploads removed`)
  } finally {
    end()
  }
}

/**
 * Turns files without a row into uploads. Returns whether this worked for all of them. Throws CliError if a
 * server has the directory open.
 */
export async function adoptFiles(dataDir: string): Promise<boolean> {
  let adopted = 0
  let left = 0
  for (const steps = adoptUploads(dataDir); ; await turn()) {
    const { done, value } = inTermsOfCli(() => steps.next())
    if (done) break
    if (value.problem === undefined) adopted++
    else left++
    console.log(`upload ${value.id}: ${value.problem ?? 'adopted'}`)
  }
  console.log(`${adopted} uploads adopted, ${left} could not be`)
  return left === 0
}
