/** What may hold a semicolon that ends nothing: texts, names, comments; each may lack its end. */
const CLOSED = [
  /'(?:[^']|'')*('|$)/y,
  /"(?:[^"]|"")*("|$)/y,
  /--[^\n]*(\n|$)/y,
  /\/\*.*?(\*\/|$)/sy,
  /\$\$.*?(\$\$|$)/sy,
]

/** Returns the length of the first statement of a text, with its semicolon; undefined if the statement is not complete. */
export function statementEnd(text: string): number | undefined {
  for (let position = 0; position < text.length; ) {
    if (text[position] === ';') return position + 1
    position = skip(text, position)
  }
  return undefined
}

/** Returns whether a text holds anything but spaces, comments and semicolons. */
export function isBlank(text: string): boolean {
  return text.replace(/--[^\n]*(\n|$)|\/\*.*?\*\//gs, '').replace(/[\s;]/g, '') === ''
}

function skip(text: string, position: number): number {
  for (const pattern of CLOSED) {
    pattern.lastIndex = position
    if (pattern.test(text)) return pattern.lastIndex
  }
  return position + 1
}
