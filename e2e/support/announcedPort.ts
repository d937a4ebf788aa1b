import type { ChildProcess } from 'node:child_process'

/** Resolves to the port in the line that says that the server is ready. */
export function announcedPort(child: ChildProcess): Promise<number> {
  return new Promise((resolve, reject) => {
    let said = ''
    const read = (text: string) => {
      said += text
      const ready = /^listening on .*:(\d+)$/m.exec(said)
      if (ready) resolve(Number(ready[1]))
    }
    child.stdout?.setEncoding('utf8').on('data', read)
    child.stderr?.setEncoding('utf8').on('data', read)
    child.on('error', reject)
    child.on('close', code => reject(new Error(`the server ended with exit code ${code}:\n${said}`)))
  })
}
