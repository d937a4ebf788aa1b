import { hasProgram, installDebianPackages } from '../../scripts/debian.ts'

/** Installs Debian's Prometheus where there is none, as root. */
export default function setup(): void {
  if (!['prometheus', 'promtool'].every(hasProgram)) installDebianPackages(['prometheus'])
}
