const KEY = 'table.history'
const MOST = 50
/** A longer statement is not worth the room. */
const LONGEST = 10_000

export function history(): string[] {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(KEY) ?? '[]')
    return Array.isArray(kept) ? kept.filter(sql => typeof sql === 'string') : []
  } catch {
    return []
  }
}

/** Returns the history with a statement in front, once. */
export function withStatement(history: readonly string[], sql: string): string[] {
  const trimmed = sql.trim()
  if (trimmed === '' || trimmed.length > LONGEST) return [...history]
  return [trimmed, ...history.filter(other => other !== trimmed)].slice(0, MOST)
}

export function remember(sql: string): string[] {
  const kept = withStatement(history(), sql)
  localStorage.setItem(KEY, JSON.stringify(kept))
  return kept
}

export function forgetHistory(): string[] {
  localStorage.removeItem(KEY)
  return []
}
