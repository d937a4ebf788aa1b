import { setImmediate as turn } from 'node:timers/promises'
import type { CopiedFiles, DirectoryCopy } from '@table/storage'
import { checkFiles, damageLine, inTermsOfCli } from './dataDir.ts'
import { barLine, Progress } from './progress.ts'
import { formatBytes } from './units.ts'

/** In ms. How long files are linked before other tasks get a turn. */
const TURN_MS = 50

/**
 * Makes the directory `to` by the copy that `begin` starts, verifies all files, and prints a summary. Returns
 * whether the copy is complete: a copy with a damaged file is incomplete and cannot be served. Throws
 * CliError if one of the directories cannot be used.
 */
export async function copyDirectory(to: string, begin: () => DirectoryCopy): Promise<boolean> {
  const copy = inTermsOfCli(begin)
  try {
    const { linked, copied } = await copyFiles(copy)
    const { uploads, bytes, damages } = await checkFiles(to, damage => console.log(damageLine(damage)))
    const files = `${linked} files linked, ${copied} copied`
    console.log(`${uploads} uploads, ${formatBytes(bytes)} read, ${files}, ${damages.length} damaged`)
    if (damages.length > 0) return false
    inTermsOfCli(() => copy.finish())
    return true
  } finally {
    copy.close()
  }
}

async function copyFiles({ bytes: total, copyFiles }: DirectoryCopy): Promise<CopiedFiles> {
  let done = 0
  const progress = new Progress(seconds =>
    barLine({ done, total, name: formatBytes(total), format: formatBytes }, seconds),
  )
  try {
    let turnAt = performance.now() + TURN_MS
    for (const steps = copyFiles(); ; ) {
      const step = inTermsOfCli(() => steps.next())
      if (step.done) return step.value
      done += step.value
      if (performance.now() < turnAt) continue
      await turn()
      turnAt = performance.now() + TURN_MS
    }
  } finally {
    progress.stop()
  }
}
