import { createStore } from './store.ts'

const KEY = 'table.theme'
const themes = ['system', 'light', 'dark'] as const
export type Theme = (typeof themes)[number]

export const theme = createStore<Theme>(themes.find(known => known === localStorage.getItem(KEY)) ?? 'system')

/** Applies the theme now and whenever it changes. */
export function followTheme(): void {
  const apply = () => {
    document.documentElement.dataset.theme = theme.get()
  }
  apply()
  theme.subscribe(apply)
}

export function nextTheme(): void {
  const next = themes[(themes.indexOf(theme.get()) + 1) % themes.length] as Theme
  localStorage.setItem(KEY, next)
  theme.set(next)
}
