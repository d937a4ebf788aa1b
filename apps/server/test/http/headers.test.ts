import { expect, test } from 'vitest'
import { accepted, mediaType } from '../../src/http/headers.ts'

test.each([
  ['text/csv', 'text/csv', undefined],
  ['Text/CSV; Charset="UTF-8"', 'text/csv', 'utf-8'],
  ['text/csv;header=present; charset=latin1', 'text/csv', 'latin1'],
  [' text/plain ;', 'text/plain', undefined],
  ['', '', undefined],
])('the media type of "%s"', (header, type, charset) => {
  expect(mediaType(header)).toEqual({ type, charset })
})

const types = ['application/json', 'text/csv', 'text/html'] as const

test.each([
  [undefined, 'application/json'],
  ['', 'application/json'],
  [' ', 'application/json'],
  ['*/*', 'application/json'],
  ['text/csv', 'text/csv'],
  ['TEXT/CSV', 'text/csv'],
  ['text/*', 'text/csv'],
  ['text/html, text/csv', 'text/csv'],
  ['text/csv;q=0.5, text/html', 'text/html'],
  ['text/csv;q=0.5, text/html ; q=0.6', 'text/html'],
  ['text/*;q=0.9, application/*;q=0.8', 'text/csv'],
  ['*/*;q=0.1, text/*;q=0, text/html;q=0.05', 'application/json'],
  ['application/*;q=0, */*', 'text/csv'],
  ['text/csv;q=0, text/*', 'text/html'],
  ['text/html;level=1;q=0.3, */*;q=0.2', 'text/html'],
  ['text/csv;q=x', 'text/csv'],
])('Accept: %s asks for %s', (header, expected) => {
  expect(accepted(header, types)).toBe(expected)
})

test.each(['image/png', 'text/csv;q=0', 'text/plain, application/xml', '*/*;q=0', 'text'])(
  'Accept: %s asks for no type that there is',
  header => {
    expect(() => accepted(header, types)).toThrow(
      expect.objectContaining({
        status: 406,
        message: `Accept: found "${header}", expected application/json or text/csv or text/html, the types of this answer`,
      }),
    )
  },
)
