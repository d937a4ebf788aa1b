import type { Dialect } from '@table/dialect'
import { announce } from '../announce.ts'
import { plural } from '../format.ts'
import { refresh } from '../live/poll.ts'
import { bodyOf, dialectFor, firstBlock } from './prepare.ts'
import { type Item, UploadQueue } from './queue.ts'
import { send } from './send.ts'

/** The dialects that the user has chosen; other files have the dialect that they seem to have. */
const chosen = new WeakMap<File, Dialect>()

export async function dialectOf(file: File): Promise<Dialect> {
  return chosen.get(file) ?? dialectFor(await firstBlock(file))
}

export function chooseDialect(item: Item, dialect: Dialect): void {
  chosen.set(item.file, dialect)
  delete item.body
}

/** The uploads of this tab. */
export const queue = new UploadQueue({
  prepare: async ({ file }, signal) => bodyOf(file, await dialectOf(file), signal),
  send,
  onStored({ name, stored }) {
    announce(`${name} is stored, ${plural(stored?.rows ?? 0, 'row')}`)
    void refresh()
  },
  onFailed({ name, error }) {
    announce(`${name} is not stored: ${error?.message}`)
  },
})

// Leaving the page would break uploads off.
addEventListener('beforeunload', event => {
  if (queue.isBusy) event.preventDefault()
})
