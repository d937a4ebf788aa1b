import { announce } from '../announce.ts'
import { deleteUpload } from '../api/client.ts'
import { refresh } from '../live/poll.ts'
import { createStore } from '../store.ts'
import { Deletions } from './deletions.ts'

/** The uploads that this tab has deleted. */
export const deleted = createStore<ReadonlySet<number>>(new Set())

export const deletions = new Deletions({
  remove: deleteUpload,
  onDeleted(id) {
    deleted.set(new Set([...deleted.get(), id]))
    announce(`Upload ${id} is deleted`)
    void refresh()
  },
})

addEventListener('pagehide', () => deletions.leave())
