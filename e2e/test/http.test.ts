import { execFileSync } from 'node:child_process'
import { randomUUID } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { startProcess } from '../support/processServer.ts'
import { python } from '../support/python.ts'
import { root } from '../support/repository.ts'
import { output } from '../support/run.ts'
import { testDirectory } from '../support/temporary.ts'

interface Example {
  command: string
  /** What the page shows, if anything. */
  shown: string
}

const page = readFileSync(join(root, 'docs/http.md'), 'utf8')
const hasCurl = works('curl', ['--version'])

/** Returns the commands of the page, with what it shows below each. */
function examples(text: string): Example[] {
  const found: Example[] = []
  for (const [, line = ''] of text.matchAll(/^ {4}(.*)$/gm)) {
    if (line.startsWith('$ ')) found.push({ command: line.slice(2), shown: '' })
    else if (found.length > 0) (found.at(-1) as Example).shown += `${line}\n`
  }
  return found
}

function works(command: string, args: string[]): boolean {
  try {
    execFileSync(command, args, { stdio: 'ignore' })
    return true
  } catch {
    return false
  }
}

test.skipIf(!hasCurl)('every command of docs/http.md does what the page shows', async () => {
  const directory = testDirectory()
  const server = await startProcess({ dataDir: join(directory, 'data') })
  onTestFinished(() => server.stop())
  const commands = examples(page)
  expect(commands.length).toBeGreaterThan(10)
  for (const { command, shown } of commands) {
    const here = command
      .replace('localhost:5440', `localhost:${server.port}`)
      .replace('$(uuidgen)', randomUUID())
      .replaceAll('curl ', 'curl --silent --show-error ')
    const printed = await output('bash', ['-ec', here], { cwd: directory })
    if (shown === '') expect(JSON.parse(printed || '{}'), command).not.toHaveProperty('detail')
    else expect(printed.trimEnd(), command).toBe(shown.trimEnd())
  }
})

test('the page has every path of the document', () => {
  const { paths } = JSON.parse(readFileSync(join(root, 'apps/server/src/http/openapi.json'), 'utf8'))
  for (const path of Object.keys(paths)) {
    const pattern = path.replaceAll('.', '\\.').replace(/\{\w+\}/, '[^/ ]+')
    expect(page).toMatch(new RegExp(`curl .*localhost:5440${pattern}["'?\\s]`))
  }
})

test("Python's own HTTP client uploads, is refused with a reason, and asks", async () => {
  const directory = testDirectory()
  const server = await startProcess({ dataDir: join(directory, 'data') })
  onTestFinished(() => server.stop())
  const code = `
import json, sys, urllib.error, urllib.request, uuid
base = f"http://localhost:{sys.argv[1]}"
def send(csv):
    request = urllib.request.Request(f"{base}/uploads/{uuid.uuid4()}", data=csv, method="PUT", headers={"Content-Type": "text/csv"})
    return json.load(urllib.request.urlopen(request))
assert send(b"x\\n" + b"1\\n" * 1_000_000)["rows"] == 1_000_000
try:
    send(b"x,y\\n" + b"1\\n" * 1_000_000)
except urllib.error.HTTPError as error:
    assert json.load(error)["line"] == 2
print(json.load(urllib.request.urlopen(f"{base}/columns/x/sum"))["total"])
`
  expect(await output(python('latest'), ['-c', code, String(server.port)], {})).toBe('1000000')
})
