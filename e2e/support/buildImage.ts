import { image } from './containerServer.ts'
import { root } from './repository.ts'
import { output, run } from './run.ts'

/** Builds the image before the suite. Without Docker the suite fails, because it has nothing to test. */
export async function setup(): Promise<void> {
  const { code, stderr } = await run('docker', ['version']).catch(error => ({
    code: null,
    stderr: `${error}`,
  }))
  if (code !== 0)
    throw new Error(`the tests of the image need Docker, and \`docker version\` fails:\n${stderr}`)
  await output('docker', ['build', root, '--tag', image])
  const bytes = Number(await output('docker', ['image', 'inspect', '--format', '{{.Size}}', image]))
  console.log(`the image has ${Math.round(bytes / 1e6)} MB`)
}
