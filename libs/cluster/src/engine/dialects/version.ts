import { ServiceError } from '@table/table'
import type { Dialect } from './dialect.ts'
import { sail } from './sail.ts'
import { spark } from './spark.ts'

/** Finds out from the answer to `SELECT version()` what an engine is. Throws `unsupported` if the engine is too old. */
export function engineOfVersion(answer: string): { dialect: Dialect; name: string } {
  // Spark names the commit that it was built from behind its version.
  const [version = '', commit] = answer.split(' ')
  const dialect = commit === undefined ? sail : spark
  const [major = Number.NaN, minor = Number.NaN] = version.split('.').map(Number)
  const [leastMajor, leastMinor] = dialect.since
  const name = `${dialect.name} ${version}`
  if (major > leastMajor || (major === leastMajor && minor >= leastMinor)) return { dialect, name }
  throw new ServiceError('unsupported', `the engine is ${name}, expected Sail 0.7 or Spark 4.0 at least`)
}
