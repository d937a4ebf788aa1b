import { getCACertificates, setDefaultCACertificates } from 'node:tls'
import { expect, onTestFinished, test, vi } from 'vitest'
import { createAuthority } from '../../../../../apps/server/test/support/certificates.ts'
import { encrypted } from '../../../../../testing/cluster/encrypted.ts'
import { parts } from '../../../../../testing/cluster/shared.ts'
import { SparkConnect } from '../../../src/engine/sparkConnect.ts'

const never = new AbortController().signal
const authority = createAuthority()

async function address(): Promise<string> {
  const port = await encrypted(parts.enginePort, authority.issue(), 'h2')
  return `sc://localhost:${port}/;use_ssl=true;token=secret`
}

function engineAt(address: string): SparkConnect {
  const engine = new SparkConnect(address)
  onTestFinished(() => engine.close())
  return engine
}

test('an engine behind TLS answers if its certificate is trusted', async () => {
  const trusted = getCACertificates('default')
  setDefaultCACertificates([...trusted, authority.cert])
  onTestFinished(() => setDefaultCACertificates(trusted))
  expect(await engineAt(await address()).version(never)).toMatch(/^(Sail|Spark) /)
})

test('an engine whose certificate is not trusted is not asked, and no secret is logged', async () => {
  const log = vi.spyOn(console, 'error').mockImplementation(() => {})
  onTestFinished(() => log.mockRestore())
  await expect(engineAt(await address()).version(never)).rejects.toMatchObject({ code: 'unavailable' })
  expect(log).toHaveBeenCalledWith(expect.stringContaining('certificate'))
  expect(log).not.toHaveBeenCalledWith(expect.stringContaining('secret'))
})
