import { spawnSync } from 'node:child_process'
import { installDebianPackages } from '../../scripts/debian.ts'

/** Where Debian installs Chromium. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Installs Debian's Chromium where there is none, as root. */
export default function setup(): void {
  if (works()) return
  if (process.env.CHROMIUM) throw new Error(`\`${CHROMIUM} --version\` fails, which CHROMIUM names`)
  installDebianPackages(['chromium'])
  if (!works()) throw new Error(`\`${CHROMIUM} --version\` fails after Debian's chromium was installed`)
}

function works(): boolean {
  return spawnSync(CHROMIUM, ['--version'], { stdio: 'ignore' }).status === 0
}
