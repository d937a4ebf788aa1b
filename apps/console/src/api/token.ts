import { createStore } from '../store.ts'

const KEY = 'table.token'

/** Why the page asks for a token; undefined when it does not. */
export const tokenQuestion = createStore<string | undefined>(undefined)

let waiting: (() => void)[] = []

/** The token of this tab. It is gone when the tab is closed, and no request but ours carries it. */
export function token(): string | undefined {
  return sessionStorage.getItem(KEY) ?? undefined
}

export function setToken(token: string): void {
  sessionStorage.setItem(KEY, token)
  tokenQuestion.set(undefined)
  for (const resume of waiting) resume()
  waiting = []
}

/** Asks the user for a token. Resolves when there is one that was not `refused`. */
export async function newToken(refused: string | undefined): Promise<void> {
  if (token() !== refused) return
  tokenQuestion.set(
    refused === undefined
      ? 'This server needs a token. The page keeps it until this tab is closed.'
      : 'The server does not know this token.',
  )
  await new Promise<void>(resolve => waiting.push(resolve))
}

export function authorization(): Record<string, string> {
  const known = token()
  return known === undefined ? {} : { authorization: `Bearer ${known}` }
}
