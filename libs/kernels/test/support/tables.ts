import fc from 'fast-check'

const short = fc.constantFrom('', '', '1', '-22', 'x', 'é', ' ', 'a\rb', '\r')
const long = fc.integer({ min: 3, max: 70 }).map(length => 'y'.repeat(length))
const quoted = fc
  .array(fc.constantFrom('a', ',', '\n', '\r\n', '\r', '""', '""""', 'z'.repeat(31)), { maxLength: 5 })
  .map(parts => `"${parts.join('')}"`)
const field = fc.oneof({ arbitrary: short, weight: 3 }, long, quoted)
const lineEnd = fc.constantFrom('\n', '\n', '\r\n')
const blankLines = fc.constantFrom('', '', '', '', '', '\n', '\r\n', '\n\r\n\n')

export interface Table {
  columns: number
  /** The records without a header. */
  text: string
}

/**
 * Tables that are nearly always valid, of up to a few hundred bytes, so that their parts end up anywhere in a
 * block.
 */
const wholeTables: fc.Arbitrary<Table> = fc.integer({ min: 1, max: 4 }).chain(columns => {
  const fields = fc.array(field, { minLength: columns, maxLength: columns })
  const record = fc
    .tuple(blankLines, fields, lineEnd)
    .map(([blank, texts, end]) => blank + texts.join(',') + end)
  return fc
    .tuple(fc.nat({ max: 64 }), fc.array(record, { maxLength: 8 }), fc.nat({ max: 2 }))
    .map(([pad, records, cut]) => {
      const padding = 'p'.repeat(pad) + ','.repeat(columns - 1)
      const text = `${padding}\n${records.join('')}`
      return { columns, text: text.slice(0, text.length - cut) }
    })
})

const special = fc.constantFrom('"', ',', '\n', '\r', '\r\n', '""', 'x')

/** Tables with something inserted that may break them. */
const flawedTables = fc
  .tuple(wholeTables, fc.double({ min: 0, max: 1, noNaN: true }), special)
  .map(([{ columns, text }, where, flaw]) => {
    const at = Math.floor(where * text.length)
    return { columns, text: text.slice(0, at) + flaw + text.slice(at) }
  })

/** Anything that has a meaning in CSV, mostly invalid. */
const soup = fc
  .tuple(
    fc.integer({ min: 1, max: 3 }),
    fc.nat({ max: 130 }),
    fc.array(fc.oneof(special, field), { maxLength: 20 }),
  )
  .map(([columns, pad, parts]) => ({ columns, text: 'p'.repeat(pad) + parts.join('') }))

/** Tables long enough to be scanned in plain stretches, with nothing special except what may be inserted. */
const plainTables: fc.Arbitrary<Table> = fc
  .tuple(
    fc.integer({ min: 1, max: 4 }),
    fc.array(fc.constantFrom('', '1', '22', '-333', '55555', 'x'.repeat(40)), { minLength: 1, maxLength: 9 }),
    fc.integer({ min: 400, max: 1800 }),
    fc.array(fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), special), { maxLength: 2 }),
  )
  .map(([columns, fields, length, flaws]) => {
    let text = ''
    for (let i = 0; text.length < length; i++)
      text += fields[i % fields.length] + ((i + 1) % columns === 0 ? '\n' : ',')
    for (const [where, flaw] of flaws) {
      const at = Math.floor(where * text.length)
      text = text.slice(0, at) + flaw + text.slice(at)
    }
    return { columns, text }
  })

export const tables: fc.Arbitrary<Table> = fc.oneof(
  plainTables,
  { arbitrary: wholeTables, weight: 2 },
  { arbitrary: flawedTables, weight: 2 },
  soup,
)
