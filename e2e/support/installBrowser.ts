import { type ExecFileSyncOptions, execFileSync } from 'node:child_process'

/** Where Debian installs Chromium. */
export const CHROMIUM = process.env.CHROMIUM ?? '/usr/bin/chromium'

/** Installs Debian's Chromium where there is none, as root. */
export default function setup(): void {
  if (works()) return
  if (process.getuid?.() !== 0)
    throw new Error(
      `found no browser at ${CHROMIUM}, expected Chromium: run \`apt-get install chromium\` as root, or set CHROMIUM to its path`,
    )
  console.error('installing chromium (once, about a minute)')
  const options: ExecFileSyncOptions = {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' },
  }
  execFileSync('apt-get', ['update', '--quiet'], options)
  execFileSync('apt-get', ['install', '--quiet', '--yes', '--no-install-recommends', 'chromium'], options)
  if (!works()) throw new Error(`found no browser at ${CHROMIUM} after its installation`)
}

function works(): boolean {
  try {
    execFileSync(CHROMIUM, ['--version'], { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}
