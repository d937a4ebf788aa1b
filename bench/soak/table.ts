export interface Table {
  csv: Buffer
  /** The sum of the column `amount`. */
  total: bigint
}

/** Makes a table of numbers, decimals and quoted text, with about 40 bytes a row. A tenth of the amounts is empty. */
export function randomTable(rows: number): Table {
  const lines = ['id,amount,price,note']
  let total = 0
  for (let i = 0; i < rows; i++) {
    const amount = Math.floor((Math.random() - 0.5) * 2e9)
    const empty = i % 10 === 9
    if (!empty) total += amount
    lines.push(`${i},${empty ? '' : amount},${i / 4},"said ""${i % 100}"", twice"`)
  }
  return { csv: Buffer.from(`${lines.join('\n')}\n`), total: BigInt(total) }
}
