import { hasProgram, installDebianPackages } from '../../scripts/debian.ts'

/** Where Debian installs Chromium. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Installs Debian's Chromium where there is none, as root. */
export default function setup(): void {
  if (hasProgram(CHROMIUM)) return
  if (process.env.CHROMIUM) throw new Error(`found no program at ${CHROMIUM}, which CHROMIUM names`)
  installDebianPackages(['chromium'])
}
