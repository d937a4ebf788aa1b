export interface Token {
  kind: 'keyword' | 'text' | 'name' | 'number' | 'comment' | 'plain'
  text: string
}

const KEYWORDS = new Set(
  `all and any as asc asof between by case cast cross cube current desc describe distinct else end escape except exclude
  exists false filter first following from full group grouping having ilike in inner intersect interval is isnull join
  last lateral left like limit natural not notnull null nulls offset on or order outer over partition pivot positional
  preceding qualify range recursive replace right rollup row rows sample select semi anti sets similar some summarize
  table tablesample then to true try_cast unbounded union unnest unpivot using values when where window with`.split(
    /\s+/,
  ),
)

/** A comment, a text, a quoted name, a number or a word. What is not closed yet goes to the end. */
const TOKEN =
  /(?<comment>--[^\n]*|\/\*[\s\S]*?(?:\*\/|$))|(?<text>'(?:[^']|'')*(?:'|$))|(?<name>"(?:[^"]|"")*(?:"|$))|(?<number>\b\d[\w.]*)|(?<word>[\p{L}_][\p{L}\d_]*)/gu

/** Cuts SQL into tokens, which are the whole text together. */
export function tokensOf(sql: string): Token[] {
  const tokens: Token[] = []
  let end = 0
  const push = (kind: Token['kind'], text: string) => {
    if (text !== '') tokens.push({ kind, text })
  }
  for (const { 0: text, index, groups = {} } of sql.matchAll(TOKEN)) {
    push('plain', sql.slice(end, index))
    const kind = (['comment', 'text', 'name', 'number'] as const).find(name => groups[name] !== undefined)
    push(kind ?? (KEYWORDS.has(text.toLowerCase()) ? 'keyword' : 'plain'), text)
    end = index + text.length
  }
  push('plain', sql.slice(end))
  return tokens
}
