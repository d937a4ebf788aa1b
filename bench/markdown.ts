/** Formats an aligned Markdown table: the first column to the left, the others to the right. */
export function markdownTable(header: readonly string[], lines: readonly (readonly string[])[]): string {
  const widths = header.map((_, column) =>
    Math.max(...[header, ...lines].map(line => line[column]?.length ?? 0)),
  )
  const format = (line: readonly string[]) =>
    `| ${widths.map((width, i) => (i === 0 ? (line[i] ?? '').padEnd(width) : (line[i] ?? '').padStart(width))).join(' | ')} |`
  const rule = `|${widths.map((width, i) => '-'.repeat(width + 1) + (i === 0 ? '-' : ':')).join('|')}|`
  return [format(header), rule, ...lines.map(format)].join('\n')
}
