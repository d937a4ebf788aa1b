import { expect, test } from 'vitest'
import { Deletions } from '../src/uploads/deletions.ts'

function deletionsOf(undoTime: number, fails = false) {
  const sent: [number, boolean][] = []
  const over = Promise.withResolvers<void>()
  const deletions = new Deletions({
    async remove(id, leaving) {
      sent.push([id, leaving])
      if (fails) throw new Error('no right to write')
    },
    onDeleted: () => over.resolve(),
    undoTime,
  })
  return { deletions, sent, over: over.promise }
}

test('a deletion is sent once nobody can undo it any more', async () => {
  const { deletions, sent, over } = deletionsOf(1)
  deletions.ask(7, 'a.csv')
  expect(sent).toEqual([])
  expect(deletions.waiting.get()).toMatchObject([{ id: 7, name: 'a.csv' }])
  await over
  expect(sent).toEqual([[7, false]])
})

test('a deletion that is undone is never sent, also not when the page is left', () => {
  const { deletions, sent } = deletionsOf(1_000_000)
  deletions.ask(7, 'a.csv')
  deletions.undo(7)
  deletions.leave()
  expect(sent).toEqual([])
  expect(deletions.waiting.get()).toEqual([])
})

test('whoever leaves the page sends what waits, once', () => {
  const { deletions, sent } = deletionsOf(1_000_000)
  deletions.ask(7, 'a.csv')
  deletions.ask(8, 'b.csv')
  deletions.leave()
  deletions.leave()
  expect(sent).toEqual([
    [7, true],
    [8, true],
  ])
})

test('an error of the server stays until somebody has read it', async () => {
  const { deletions } = deletionsOf(1, true)
  const failed = new Promise<void>(resolve =>
    deletions.waiting.subscribe(() => {
      if (deletions.waiting.get().some(({ error }) => error !== undefined)) resolve()
    }),
  )
  deletions.ask(7, 'a.csv')
  await failed
  expect(deletions.waiting.get()).toMatchObject([{ id: 7, error: 'no right to write' }])
  deletions.undo(7)
  expect(deletions.waiting.get()).toEqual([])
})
