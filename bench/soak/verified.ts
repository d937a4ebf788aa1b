import { execFileSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

/**
 * Returns what `table-cli verify` says about a directory that no server serves. Throws if the directory does
 * not hold exactly these uploads.
 */
export function verified(dataDir: string, uploads: number): string {
  const cli = join(import.meta.dirname, '../../apps/cli/src/main.ts')
  const said = execFileSync(process.execPath, [cli, 'verify', '--data-dir', dataDir], { encoding: 'utf8' })
  const files = readdirSync(join(dataDir, 'files'))
  const incoming = readdirSync(join(dataDir, 'incoming'))
  if (!said.startsWith(`${uploads} uploads,`) || !said.endsWith(', 0 files damaged\n'))
    throw new Error(`table-cli verify says "${said}", expected ${uploads} uploads`)
  if (files.length !== 2 * uploads || incoming.length > 0)
    throw new Error(`there are ${files.length} files for ${uploads} uploads, and ${incoming}`)
  return `table-cli verify: ${said.trim()}`
}
