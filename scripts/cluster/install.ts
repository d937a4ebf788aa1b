import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { hasProgram, installDebianPackages } from '../debian.ts'
import { programsOfPostgres } from './postgres.ts'

const folder = import.meta.dirname
export const s3proxyFolder = join(folder, 's3proxy')
export const jarsOfS3Proxy = join(s3proxyFolder, 'target/jars')
export const sparkFolder = join(folder, 'spark/target/spark')
export const jarsOfSparkS3 = join(folder, 'spark/target/s3')
export const environmentOfSail = join(folder, '.venv-sail')

/** Installs what a cluster on this machine needs and does not have, once. What is done is told on stderr. */
export function installParts(): void {
  installPackages()
  installOnce(join(s3proxyFolder, 'pom.xml'), jarsOfS3Proxy, () =>
    downloadJars('downloading S3Proxy 4.1.0 (once, 57 MB)', s3proxyFolder, jarsOfS3Proxy),
  )
  const requirements = join(folder, 'requirements-sail.txt')
  installOnce(requirements, environmentOfSail, () => {
    run('making a Python environment for Sail (once)', 'python3', ['-m', 'venv', environmentOfSail])
    const pip = ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '--no-deps']
    run('installing Sail 0.7.2 (once, 63 MB)', join(environmentOfSail, 'bin/python'), [
      ...pip,
      '--requirement',
      requirements,
    ])
  })
}

/** Installs Spark, once: PyPI's package of Python's client has all of it. */
export function installSpark(): void {
  const requirements = join(folder, 'requirements-spark.txt')
  installOnce(requirements, sparkFolder, () => {
    const downloads = join(folder, 'spark/target/download')
    mkdirSync(downloads, { recursive: true })
    mkdirSync(sparkFolder, { recursive: true })
    run('downloading Spark 4.3.0 (once, 450 MB)', join(environmentOfSail, 'bin/python'), [
      ...['-m', 'pip', 'download', '--quiet', '--disable-pip-version-check', '--no-deps'],
      ...['--no-binary', ':all:', '--dest', downloads, '--requirement', requirements],
    ])
    const [archive = ''] = readdirSync(downloads)
    const parts = ['bin', 'jars'].map(name => archive.replace('.tar.gz', `/deps/${name}`))
    run('unpacking Spark', 'tar', [
      ...['--extract', '--file', join(downloads, archive)],
      ...['--directory', sparkFolder, '--strip-components=2', ...parts],
    ])
    rmSync(downloads, { recursive: true })
  })
  installOnce(join(folder, 'spark/pom.xml'), jarsOfSparkS3, () =>
    // Spark has its own release of what is left out.
    downloadJars('downloading what Spark reads S3 with (once, 18 MB)', join(folder, 'spark'), jarsOfSparkS3, [
      '-DexcludeGroupIds=io.netty,org.slf4j,commons-logging',
    ]),
  )
}

function downloadJars(what: string, project: string, target: string, settings: readonly string[] = []): void {
  run(what, 'mvn', [
    ...['--batch-mode', '--quiet', `--file=${join(project, 'pom.xml')}`],
    'org.apache.maven.plugins:maven-dependency-plugin:3.8.1:copy-dependencies',
    `-DoutputDirectory=${target}`,
    ...settings,
  ])
}

/** Installs the programs of the system. */
function installPackages(): void {
  const missing = [
    ...(programsOfPostgres() ? [] : ['postgresql-15']),
    ...(hasProgram('java') ? [] : ['openjdk-17-jre-headless']),
    ...(hasProgram('mvn') ? [] : ['maven']),
    ...(canMakeEnvironments() ? [] : ['python3-venv']),
  ]
  if (missing.length === 0) return
  try {
    installDebianPackages(missing)
  } catch (error) {
    console.error(`cluster: ${(error as Error).message}`)
    process.exit(1)
  }
}

/** Does something unless it was done for the same content of `source` before. */
function installOnce(source: string, target: string, install: () => void): void {
  const stamp = join(target, 'installed.txt')
  const wanted = readFileSync(source, 'utf8')
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === wanted) return
  rmSync(target, { recursive: true, force: true })
  install()
  writeFileSync(stamp, wanted)
}

function run(what: string, command: string, args: readonly string[]): void {
  console.error(`cluster: ${what}`)
  const { status, error } = spawnSync(command, args, { stdio: ['ignore', 2, 2] })
  if (status === 0) return
  console.error(
    `cluster: ${error?.message ?? `${command} ${args.join(' ')} failed with exit code ${status}`}`,
  )
  process.exit(1)
}

function canMakeEnvironments(): boolean {
  return spawnSync('python3', ['-c', 'import ensurepip, venv'], { stdio: 'ignore' }).status === 0
}
