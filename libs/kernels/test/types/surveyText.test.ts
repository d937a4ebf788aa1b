import fc from 'fast-check'
import { expect, test } from 'vitest'
import { randomCases } from '../../../../testing/form.ts'
import { type Field, fieldOf, fieldsOf, type Layout, layouts, putColumn } from '../support/columns.ts'
import { at, kernels, memory } from '../support/memory.ts'
import { numberKind } from '../twins/values.ts'

interface Survey {
  fields: number
  numbers: number
  /** As it stands in the file, with its quotes. */
  other: string | undefined
  fraction: string | undefined
}

function survey(fields: Field[], layout: Layout): Survey {
  const { records } = putColumn(fields, layout)
  const found = kernels.surveyText(at.ends, records, layout.columns, layout.column)
  const [count, numbers, ...bounds] = new Uint32Array(memory.buffer, found, 6)
  const text = (start = 0, end = 0) =>
    start === 0 ? undefined : Buffer.from(memory.subarray(start, end)).toString()
  return { fields: count, numbers, other: text(bounds[0], bounds[1]), fraction: text(bounds[2], bounds[3]) }
}

function plainSurvey(fields: readonly Field[]): Survey {
  const texts = fields.filter(field => field !== null && field.text !== '') as NonNullable<Field>[]
  const kinds = texts.map(({ text }) => numberKind(text))
  const written = (i: number) => {
    const field = texts[i]
    return field?.quoted ? `"${field.text.replaceAll('"', '""')}"` : field?.text
  }
  return {
    fields: texts.length,
    numbers: kinds.filter(kind => kind !== undefined).length,
    other: written(kinds.indexOf(undefined)),
    fraction: written(kinds.indexOf('fraction')),
  }
}

const parts = fc.constantFrom(
  ...['0', '7', '007', '12345678901234567890', '+', '-', '.', 'e', 'E', ' ', '  ', 'NaN', 'nan'],
  ...['inf', 'Infinity', 'n/a', '"', ',', '\n', 'x', '1', '25', '5e3', '.5', '.0', '.00'],
)
const soup = fc.array(parts, { maxLength: 5 }).map(all => all.join(''))
const integers = fc.integer().map(value => `${value < 0 ? '' : '+'}${value}`)
const doubles = fc.double({ noDefaultInfinity: true, noNaN: true }).map(String)
const texts = fc.oneof(soup, integers, doubles, fc.constant(''))

test('surveyText counts the fields and the numbers among them, and finds the first that is none and the first that is no integer', () => {
  fc.assert(
    fc.property(fc.oneof(fieldsOf(texts), fieldsOf(integers)), layouts, (fields, layout) => {
      expect(survey(fields, layout)).toEqual(plainSurvey(fields))
    }),
    { numRuns: randomCases(20_000) },
  )
})

test.each([
  '-',
  '+',
  '.',
  '-.',
  'e5',
  '1e',
  '1e+',
  ' ',
  '- 5',
  '5 5',
  '--5',
  '1.2.3',
  'INF',
  '-NaN',
  'NANA',
  '0x1F',
  '1_000',
  '١',
])('the text %j is no number', text => {
  const layout = { columns: 1, column: 0, crlf: false, blankLines: false, lastEnd: false }
  expect(survey([fieldOf(text, false)], layout)).toEqual({
    fields: 1,
    numbers: 0,
    other: text,
    fraction: undefined,
  })
})
