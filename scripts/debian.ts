import { execFileSync, type StdioOptions, spawnSync } from 'node:child_process'

/** Installs packages of Debian, which only root can. Throws an error that says what to do otherwise. */
export function installDebianPackages(packages: readonly string[]): void {
  const names = packages.join(' ')
  if (process.getuid?.() !== 0 || !hasProgram('apt-get'))
    throw new Error(`this needs ${packages.join(', ')}: run \`apt-get install ${names}\` as root`)
  console.error(`installing ${packages.join(', ')} (once)`)
  const stdio: StdioOptions = ['ignore', 2, 2]
  const options = { stdio, env: { ...process.env, DEBIAN_FRONTEND: 'noninteractive' } }
  execFileSync('apt-get', ['update', '-qq'], options)
  execFileSync('apt-get', ['install', '-qq', '--yes', '--no-install-recommends', ...packages], options)
}

export function hasProgram(name: string): boolean {
  return spawnSync('sh', ['-c', 'command -v "$1"', 'sh', name], { stdio: 'ignore' }).status === 0
}
