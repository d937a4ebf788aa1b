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
  /** The blocks that run in a program, which is a bundle of the sources. */
  inPrograms: Set<string>
}

/** Far longer than any test file takes on a busy machine, in ms. */
export const LIMIT = 600_000

/** What begins the line of a block that runs in a program. */
const IN_PROGRAM = 'in a program:'

/** What is kept of a run, with the hashes of the sources that it ran. */
interface Kept {
  time: number
  blocks: string[]
  inPrograms: string[]
  sources: Record<string, string>
}

const cache = join(root, 'node_modules/.cache/table-mutate')

/**
 * Runs each test file of a project, a few at a time. The results are kept in node_modules/.cache until the
 * test, another file in the folder of the tests, a source that the test has run or this file changes. Changes of other
 * packages are not noticed: they rarely decide which blocks run, and a wrong block only makes the score lower.
 */
export async function coverage(
  project: string,
  jobs: number,
  log: (line: string) => void,
): Promise<Covered[]> {
  const tests = filesIn(join(project, 'test'), '.test.ts')
  const others = filesIn(join(project, 'test'), '.ts').filter(file => !tests.includes(file))
  const state = ['bench/mutate/coverage.ts', ...others].map(hashOf).join()
  const covered: Covered[] = []
  const waiting = [...tests]
  await Promise.all(Array.from({ length: jobs }, worker))
  return covered

  async function worker(): Promise<void> {
    let tree: Tree | undefined
    let runner: Tests | undefined
    try {
      for (let test = waiting.shift(); test; test = waiting.shift()) {
        const file = join(cache, `${hash([project, test, hashOf(test), state])}.json`)
        let kept = read(file)
        if (kept === undefined) {
          tree ??= instrumented(project)
          runner ??= new Tests(tree, project)
          log(`seeing what ${test} runs`)
          kept = await measure(tree, runner, test)
          mkdirSync(cache, { recursive: true })
          writeFileSync(file, JSON.stringify(kept))
        }
        covered.push({
          test,
          time: kept.time,
          blocks: new Set(kept.blocks),
          inPrograms: new Set(kept.inPrograms),
        })
      }
    } finally {
      runner?.stop()
      tree?.remove()
    }
  }
}

/** Returns what is kept in a file, unless a source has changed since. */
function read(file: string): Kept | undefined {
  if (!existsSync(file)) return undefined
  const kept: Kept = JSON.parse(readFileSync(file, 'utf8'))
  const isCurrent = Object.entries(kept.sources).every(
    ([source, before]) => existsSync(join(root, source)) && hashOf(source) === before,
  )
  return isCurrent ? kept : undefined
}

async function measure(tree: Tree, runner: Tests, test: string): Promise<Kept> {
  tree.write('hits', '')
  chmodSync(join(tree.path, 'hits'), 0o666)
  const start = performance.now()
  const red = await runner.run(test, LIMIT, { inProgram: true })
  if (red !== '') throw new Error(`${test} is red before anything is changed: ${red}`)
  const time = performance.now() - start
  const hits = tree.read('hits').split('\n').filter(Boolean)
  const inPrograms = [
    ...new Set(hits.filter(hit => hit.startsWith(IN_PROGRAM)).map(hit => hit.slice(IN_PROGRAM.length))),
  ]
  const blocks = [...new Set(hits.map(hit => hit.replace(IN_PROGRAM, '')))]
  const sources = new Set(blocks.map(block => block.slice(0, block.lastIndexOf(':'))))
  return {
    time,
    blocks,
    inPrograms,
    sources: Object.fromEntries([...sources].map(file => [file, hashOf(file)])),
  }
}

/** Returns a function that tells the innermost block of a file that holds a position. */
export function blockFinder(file: string, source: string): (position: number) => string {
  const blocks = blocksOf(source)
  return position =>
    `${file}:${blocks.findLastIndex(({ start, end }) => start <= position && position < end)}`
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
    const [hashbang = ''] = /^#!.*\n/.exec(text) ?? []
    tree.write(file, hashbang + prelude(join(tree.path, 'hits'), file) + text.slice(hashbang.length))
  }
  return tree
}

/**
 * Returns the recording function. It is a function declaration, because modules in an import cycle need it
 * before they have run. Each thread opens the file once, because some tests leave it no further file to open.
 */
function prelude(hits: string, file: string): string {
  return `function hit_(number: number): void {
    const seen = (((globalThis as any).hits_ ??= {})['${file}'] ??= new Set())
    if (seen.has(number)) return
    seen.add(number)
    const place = import.meta.filename.endsWith('.ts') ? '' : '${IN_PROGRAM}'
    const fs = process.getBuiltinModule('node:fs')
    fs.writeSync(((globalThis as any).hitsFile_ ??= fs.openSync('${hits}', 'a')), place + '${file}:' + number + '\\n')
  }
  hit_(0)
  `
}

function hashOf(file: string): string {
  return hash([readFileSync(join(root, file), 'utf8')])
}

function hash(texts: string[]): string {
  return createHash('sha256').update(texts.join('\0')).digest('hex').slice(0, 32)
}
