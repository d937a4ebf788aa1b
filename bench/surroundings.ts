import { execFileSync, spawnSync } from 'node:child_process'
import { cpus, loadavg, totalmem } from 'node:os'
import { copyRate, limitThreads } from './limits.ts'
import { coursePython, latestPython } from './worker.ts'

/** Describes the measurement: date, command, machine, versions. */
export async function surroundings(command: string): Promise<string> {
  const load = loadavg()[0]?.toFixed(2)
  const commit = spawnSync('git', ['describe', '--always', '--dirty'], {
    cwd: import.meta.dirname,
    encoding: 'utf8',
  })
  const cores = cpus()
  return [
    `${new Date().toISOString().slice(0, 16)}Z, ${command}`,
    `${cores.length} cores, ${cores[0]?.model}, ${(totalmem() / 2 ** 30).toFixed(1)} GiB memory, load average ${load} before`,
    `memory: ${limitThreads} copy ${((await copyRate()) / 2 ** 30).toFixed(1)} GiB/s`,
    `ours: ${commit.stdout?.trim() || 'no git'}, Node ${process.versions.node}`,
    `Python server and the gRPC client of both servers: ${pythonVersions(coursePython, ['grpcio', 'protobuf', 'pyarrow'])}`,
    `in process: ${pythonVersions(latestPython, ['duckdb', 'polars'])}`,
  ].join('\n')
}

function pythonVersions(python: string, packages: readonly string[]): string {
  const script =
    'import platform, sys; from importlib.metadata import version;' +
    'print(", ".join(["Python " + platform.python_version()] + [f"{name} {version(name)}" for name in sys.argv[1:]]))'
  return execFileSync(python, ['-c', script, ...packages], { encoding: 'utf8' }).trim()
}
