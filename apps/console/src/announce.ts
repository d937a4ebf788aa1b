import { createStore } from './store.ts'

/** What a screen reader says next. */
export const announcement = createStore('')

export function announce(text: string): void {
  // The same text again would not be said.
  announcement.set(announcement.get() === text ? `${text}\u00a0` : text)
}
