import { randomInt, randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'
import { expect, onTestFailed, onTestFinished, test } from 'vitest'
import { csvOf, History } from '../../../bench/history/history.ts'
import { Link } from '../../../scripts/cluster/link.ts'
import type { Part } from '../../../scripts/cluster/part.ts'
import { startParts } from '../../../scripts/cluster/parts.ts'
import { form, repeat } from '../../../testing/form.ts'
import { Servers } from '../../support/cluster/client.ts'
import { disturb } from '../../support/cluster/disturb.ts'

const SERVERS = 3
const UPLOADERS = 5
const ASKERS = 3
const formats = ['csv', 'parquet']

test('servers, engine, catalogue and store are killed and cut off in turn: nothing is lost or counted twice, and each sum is a set of whole uploads that only grows', async () => {
  const { postgres, store, engine, deployment, startServer, close } = await startParts()
  onTestFinished(close)
  const links: Link[] = []
  const linkTo = async (part: Part) => {
    const link = await Link.to(part)
    onTestFinished(() => link.close())
    links.push(link)
    return link.port
  }
  /** Each server has a link of its own to each part. */
  const linkedServer = async (name: string) => {
    const catalogue = deployment.catalogue.replace(`:${postgres.port}/`, `:${await linkTo(postgres)}/`)
    const endpoint = `http://127.0.0.1:${await linkTo(store)}`
    const linked = {
      ...deployment,
      catalogue,
      store: { ...store, endpoint },
      engine: `sc://127.0.0.1:${await linkTo(engine)}`,
    }
    return startServer(name, linked)
  }
  const servers = await Promise.all(Array.from({ length: SERVERS }, () => linkedServer('a server')))
  let step = 'the disturbances'
  const clients = new Servers(servers.map(({ port }) => port))
  onTestFailed(() => console.error({ step, refusals: clients.refusals }))
  const history = new History()
  const wrong: string[] = []
  const ended = new AbortController()

  const uploading = async () => {
    while (!ended.signal.aborted) {
      const made = history.begin()
      await clients.upload(randomUUID(), csvOf(made, randomInt(2, 50)).toString())
      history.acknowledge(made)
      await pause(randomInt(200))
    }
  }
  const asking = async (column: string) => {
    for (const format of formats) {
      const check = history.ask(column)
      const sum = await clients.sum(column, format)
      if (sum !== undefined) wrong.push(...check(sum))
    }
  }
  const askingOften = async () => {
    while (!ended.signal.aborted) {
      const { columns, lastColumn } = history
      const column = randomInt(3) ? lastColumn : (columns[randomInt(columns.length)] ?? lastColumn)
      await asking(column)
      await pause(randomInt(100))
    }
  }
  const running = Promise.all([
    ...Array.from({ length: UPLOADERS }, uploading),
    ...Array.from({ length: ASKERS }, askingOften),
  ])
  running.catch(() => {}) // is awaited below
  const end = performance.now() + 1000 * repeat('TABLE_CLUSTER_SECONDS')
  const parts = [postgres, servers[0], engine, servers[1], store, servers[2]] as Part[]
  const disturbances = await Promise.race([
    disturb({ parts, links, cutSeconds: form === 'short' ? 3 : 10 }, end),
    running.then(() => ({})),
  ])
  const during = history.sums
  ended.abort()
  step = 'the last uploads'
  await running

  for (const { port } of servers) {
    step = `the sums of ${port}`
    const server = new Servers([port])
    for (const column of history.columns)
      for (const format of formats) {
        const check = history.ask(column)
        let sum: bigint | undefined
        while (sum === undefined) sum = await server.sum(column, format)
        wrong.push(...check(sum))
      }
  }
  console.log({ uploads: history.acknowledged, sums: during, ...disturbances, ...history.wrong })
  expect(wrong).toEqual([])
  expect(history.seen).toBe(history.acknowledged)
  expect(during).toBeGreaterThan(0)
})
