/** CSV files that are refused, and a part of the text that says why. Nothing of them is stored. */
export const refusals: readonly { name: string; csv: string | Uint8Array; why: string }[] = [
  { name: 'an empty file', csv: '', why: 'found no header' },
  { name: 'a record with too few fields', csv: 'a,b\n1,2\n3\n', why: 'line 3: found 1 field, expected 2' },
  { name: 'a record with too many fields', csv: 'a,b\n1,2,3\n', why: 'line 2: found 3 fields, expected 2' },
  { name: 'a quote that is never closed', csv: 'a,b\n1,"2\n', why: 'a quote that is never closed' },
  { name: 'a quote in a field without quotes', csv: 'a,b\n1,x"y\n', why: 'line 2' },
  { name: 'text behind a closing quote', csv: 'a,b\n1,"x"y\n', why: 'line 2' },
  { name: 'a CR that ends no line', csv: 'a,b\n1,x\ry\n', why: 'CR' },
  { name: 'bytes that are not UTF-8', csv: Uint8Array.of(0x61, 0x0a, 0xff, 0x0a), why: 'UTF-8' },
]
