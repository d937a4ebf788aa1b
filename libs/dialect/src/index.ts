export { withDecimalPoint } from './decimalComma.ts'
export { type Dialect, isEncoding, plainCsv } from './dialect.ts'
export { DialectError } from './errors.ts'
export { optionFor, suggestionFor } from './look.ts'
