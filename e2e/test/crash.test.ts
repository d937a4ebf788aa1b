import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { type ProcessServer, startProcess } from '../support/processServer.ts'
import { PythonSession } from '../support/python.ts'
import { names } from '../support/server.ts'
import { testDirectory } from '../support/temporary.ts'

const uploads = 20
const rows = 60_000

// Early in the receiving, in the converting, and after some or most uploads are acknowledged.
const moments = [
  ...[0, 0, 0, 0].map(acknowledged => ({ acknowledged, wait: Math.round(Math.random() * 300) })),
  ...[1, 4, 9, 14, 18].map(acknowledged => ({ acknowledged, wait: Math.round(Math.random() * 60) })),
]

test.each(moments)(
  'kill -9 after $acknowledged of 20 uploads are acknowledged and $wait ms more: each acknowledged upload is there once, nothing else is',
  async ({ acknowledged, wait }) => {
    const dataDir = testDirectory()
    const files = writeUploads(testDirectory())
    const server = await startProcess({ dataDir })
    const confirmed = await uploadUntilKilled(server, files, acknowledged, wait)

    const again = await startProcess({ dataDir })
    onTestFinished(() => again.stop())
    const present = await presentUploads(again)
    // The crash may also come between a commit and its acknowledgement, so more than the confirmed may be there.
    for (const upload of confirmed) expect(present).toContain(upload)
    expect(await names(again, 'incoming')).toEqual([])
    const stored = await names(again, 'files')
    const ids = new Set(stored.map(name => name.slice(0, 8)))
    expect(stored).toEqual([...ids].flatMap(id => [`${id}.csv`, `${id}.parquet`]))
    expect(ids.size).toBe(present.length)
  },
)

/** Upload i has the column `own<i>`, always 1, so that the sum of it says how much of that upload is there. */
function writeUploads(directory: string): string[] {
  return Array.from({ length: uploads }, (_, i) => {
    const path = join(directory, `${i}.csv`)
    writeFileSync(
      path,
      `own${i},text,n\n${Array.from({ length: rows }, (_, n) => `1,row ${n},${n}\n`).join('')}`,
    )
    return path
  })
}

/** Uploads all at once, and kills the server `wait` ms after the given number is acknowledged. Returns which were. */
async function uploadUntilKilled(server: ProcessServer, files: string[], count: number, wait: number) {
  const session = new PythonSession(server.port)
  await session.total('warm', 'csv') // Python has started and connected
  const confirmed: number[] = []
  let reached = () => {}
  const enough = new Promise<void>(resolve => {
    reached = resolve
  })
  if (count === 0) reached()
  const calls = files.map(async (file, i) => {
    const { error } = await session.upload(file)
    if (error === '') confirmed.push(i)
    if (confirmed.length === count) reached()
  })
  await enough
  await new Promise(resolve => setTimeout(resolve, wait))
  await server.kill()
  await Promise.all(calls)
  await session.close()
  return confirmed
}

/** The uploads that are there; each must be whole, once, and the same in both formats. */
async function presentUploads(server: ProcessServer): Promise<number[]> {
  const session = new PythonSession(server.port)
  const present = []
  for (let i = 0; i < uploads; i++) {
    const total = await session.total(`own${i}`, 'csv')
    expect(total).toBeOneOf([0n, BigInt(rows)])
    expect(await session.total(`own${i}`, 'parquet')).toBe(total)
    if (total > 0n) present.push(i)
  }
  await session.close()
  return present
}
