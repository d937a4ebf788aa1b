import { createStore } from './store.ts'

export const views = ['table', 'upload', 'uploads', 'sums', 'query'] as const
export type View = (typeof views)[number]

/** Reads the view of an address such as `#/query`. */
function viewOf(hash: string): View {
  return views.find(view => hash === `#/${view}`) ?? 'table'
}

export const view = createStore<View>(viewOf(location.hash))
addEventListener('hashchange', () => view.set(viewOf(location.hash)))

export function go(to: View): void {
  location.hash = `#/${to}`
}
