import { type ChildProcess, spawn } from 'node:child_process'
import { join } from 'node:path'
import { root, type Tree } from './tree.ts'

/** The short forms of the long tests. */
const short = { TABLE_KILLS: '4', TABLE_POWER_CUTS: '2', TABLE_FUZZ_SECONDS: '1' }

const running = new Set<ChildProcess>()
process.on('exit', () => running.forEach(killGroup))

/**
 * Runs test files of a project in the tree, until the first that is red. Resolves to the output of a red run, or undefined if all are
 * green. What takes longer than `limit` ms is red: the change made something wait for ever.
 */
export async function runTests(
  tree: Tree,
  project: string,
  files: string[],
  limit: number,
): Promise<string | undefined> {
  const vitest = join(root, 'node_modules/vitest/vitest.mjs')
  const flags = ['run', '--bail=1', '--maxWorkers=1', '--testTimeout=120000', '--cache=false']
  const child = spawn(process.execPath, [vitest, ...flags, ...files.map(file => join(tree.path, file))], {
    cwd: join(tree.path, project),
    // A group of its own, so that servers that a test started end with it.
    detached: true,
    env: { ...process.env, ...short, TMPDIR: tree.scratch, CI: 'true', NO_COLOR: '1' },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  running.add(child)
  let output = ''
  for (const stream of [child.stdout, child.stderr])
    stream.setEncoding('utf8').on('data', text => (output += text))
  const timer = setTimeout(() => {
    output += `\nstopped after ${limit} ms`
    killGroup(child)
  }, limit)
  const code = await new Promise(resolve => child.on('exit', resolve))
  clearTimeout(timer)
  killGroup(child)
  running.delete(child)
  tree.clean()
  return code === 0 ? undefined : output
}

function killGroup({ pid }: ChildProcess): void {
  try {
    if (pid !== undefined) process.kill(-pid, 'SIGKILL')
  } catch {
    // Nothing of it is left.
  }
}
