// What a text says as a number, for columns of text and for messages.

const INTEGER = /^ *([+-]?[0-9]+)(\.0*)? *$/
const NUMBER = /^ *[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)? *$/
const WORD = /^ *(NaN|nan|[+-]?(inf|Infinity)) *$/

/**
 * The digits of a text that is an integer of any size, with its sign. It may have zeros, a plus, a point or spaces, which an
 * int64 would drop.
 */
export function integerDigits(text: string): string | undefined {
  return INTEGER.exec(text)?.[1]
}

/** Whether a text is meant as a number. */
export function isNumber(text: string): boolean {
  return NUMBER.test(text) || WORD.test(text)
}
