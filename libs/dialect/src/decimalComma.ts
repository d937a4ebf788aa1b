const WITH_COMMA = /^[+-]?(?:\d+,\d*|,\d+)(?:[eE][+-]?\d+)?$/
const THREE_DIGITS_AFTER_POINT = /^[+-]?[1-9]\d{0,2}\.\d{3}$/

/** `1234,5` as `1234.5`; what is no such number stays as it is, `1.234,5` too. */
export function withDecimalPoint(text: string): string {
  return WITH_COMMA.test(text) ? text.replace(',', '.') : text
}

/** What is wrong with `1.234`: where commas are decimal it is 1234, and the server would take it for a little more than 1. */
export function problemWithPoint(text: string): string | undefined {
  if (!THREE_DIGITS_AFTER_POINT.test(text)) return undefined
  const [whole, decimal] = [text.replace('.', ''), text.replace('.', ',')]
  return `found ${text}, expected a number without thousands separators: write ${whole}, or ${decimal}`
}
