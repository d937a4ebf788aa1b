import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { isFunction, type Node, parse, walk } from './syntax.ts'
import { Tests } from './tests.ts'
import { filesIn, root, Tree } from './tree.ts'

/** A green test file, its duration in ms, and the blocks that run in it in any process or thread, as `file:number`. */
export interface Covered {
  test: string
  time: number
  blocks: Set<string>
}

/** Far longer than any test file takes on a busy machine. */
const LIMIT = 600_000

/**
 * Runs each test file of a project, a few at a time. The results are kept in node_modules/.cache until a
 * source or test changes.
 */
export async function coverage(
  project: string,
  jobs: number,
  log: (line: string) => void,
): Promise<Covered[]> {
  const tests = filesIn(join(project, 'test'), '.test.ts')
  const sources = ['apps', 'libs']
    .flatMap(folder => filesIn(folder, '.ts'))
    .filter(file => file.includes('/src/'))
  const others = filesIn(join(project, 'test'), '.ts').filter(file => !tests.includes(file))
  const state = hash([...sources, ...others].map(file => readFileSync(join(root, file), 'utf8')))
  const covered: Covered[] = []
  const waiting = [...tests]
  await Promise.all(Array.from({ length: jobs }, worker))
  return covered

  async function worker(): Promise<void> {
    let tree: Tree | undefined
    let runner: Tests | undefined
    try {
      for (let test = waiting.shift(); test; test = waiting.shift()) {
        const name = hash([state, readFileSync(join(root, test), 'utf8')])
        const kept = join(root, 'node_modules/.cache/table-mutate', `${name}.json`)
        if (!existsSync(kept)) {
          tree ??= instrumented(project)
          runner ??= new Tests(tree, project)
          log(`seeing what ${test} runs`)
          mkdirSync(join(kept, '..'), { recursive: true })
          writeFileSync(kept, JSON.stringify(await measure(tree, runner, test)))
        }
        const { time, blocks } = JSON.parse(readFileSync(kept, 'utf8'))
        covered.push({ test, time, blocks: new Set(blocks) })
      }
    } finally {
      runner?.stop()
      tree?.remove()
    }
  }
}

async function measure(tree: Tree, runner: Tests, test: string): Promise<{ time: number; blocks: string[] }> {
  tree.write('hits', '')
  chmodSync(join(tree.path, 'hits'), 0o666)
  const start = performance.now()
  const red = await runner.run(test, LIMIT)
  if (red !== '') throw new Error(`${test} is red before anything is changed: ${red}`)
  return {
    time: performance.now() - start,
    blocks: [...new Set(tree.read('hits').split('\n').filter(Boolean))],
  }
}

/** Returns the number of the innermost block that holds `position`. */
export function blockAt(source: string, position: number): number {
  return blocksOf(source).findLastIndex(({ start, end }) => start <= position && position < end)
}

/**
 * Returns the whole file, then each block and each function body in the order of the source. An inner block
 * comes after its outer block.
 */
function blocksOf(source: string): Node[] {
  const program = parse(source)
  const blocks = [{ ...program, start: 0, end: source.length }]
  walk(program, node => {
    if (node.type === 'BlockStatement' || (isFunction(node) && node.body.type !== 'BlockStatement'))
      blocks.push(node.type === 'BlockStatement' ? node : node.body)
    return true
  })
  return blocks.sort((a, b) => a.start - b.start || b.end - a.end)
}

/** Makes a tree whose sources record which of their blocks run, once per thread. */
function instrumented(project: string): Tree {
  const tree = new Tree()
  for (const file of filesIn(join(project, 'src'), '.ts')) {
    const source = tree.read(file)
    const insertions: [position: number, text: string][] = []
    for (const [number, { type, start, end }] of blocksOf(source).entries())
      if (type === 'BlockStatement') insertions.push([start + 1, `hit_(${number});`])
      else if (type !== 'Program') insertions.push([start, `(hit_(${number}),`], [end, ')'])
    let text = source
    for (const [position, inserted] of insertions.sort((a, b) => b[0] - a[0]))
      text = text.slice(0, position) + inserted + text.slice(position)
    tree.write(file, prelude(join(tree.path, 'hits'), file) + text)
  }
  return tree
}

/**
 * Returns the recording function. It is a function declaration, because modules in an import cycle need it
 * before they have run.
 */
function prelude(hits: string, file: string): string {
  return `function hit_(number: number): void {
    const seen = (((globalThis as any).hits_ ??= {})['${file}'] ??= new Set())
    if (seen.has(number)) return
    seen.add(number)
    process.getBuiltinModule('node:fs').appendFileSync('${hits}', '${file}:' + number + '\\n')
  }
  hit_(0)
  `
}

function hash(texts: string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 32)
}
