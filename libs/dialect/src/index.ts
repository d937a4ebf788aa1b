export { type Dialect, isEncoding, plainCsv } from './dialect.ts'
export { DialectError } from './errors.ts'
export { optionFor, utf16Of } from './look.ts'
