import { styleText } from 'node:util'

// Colours go to terminals alone. NO_COLOR and FORCE_COLOR mean what they mean to Node.

/** The line of column names above a table. */
export function heading(text: string, stream: NodeJS.WriteStream = process.stdout): string {
  return styleText('bold', text, { stream })
}

/** What stands beside values. Only for a terminal that has colours. */
export function faint(text: string): string {
  return styleText('dim', text, { validateStream: false })
}

/** An error on stderr. */
export function failure(text: string): string {
  return styleText('red', text, { stream: process.stderr })
}

/** A warning or a hint on stderr. */
export function caution(text: string): string {
  return styleText('yellow', text, { stream: process.stderr })
}
