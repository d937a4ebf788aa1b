// Finds the fields of whole records, 64 bytes at a time: the bytes that separate fields become a 64-bit mask,
// and the masks become positions. The idea is simdjson's (Langdale and Lemire, Parsing Gigabytes of JSON per
// Second, 2019).
import { CR, LF, ZERO } from './bytes'
import { COMMAS, LFS, mask, QUOTES, SPACES, writeFew, writePositions } from './masks'
import { plainScan, plainScanNext } from './plainScan'

/** The address of a CR that ends the file. No line feed follows, so the CR belongs to its field. */
export let loneCr: usize = 0
/** Whether there was a CR. */
export let sawCr: bool = false

let next: usize = 0
let broken: bool = false
let strayCr: bool = false

/** Returns the address of the first byte that belongs to none of the records that the last scan found. */
export function scanNext(): usize {
  return next
}

/** Returns whether the bytes of the last scan break a rule of the dialect, in its records or after them. */
export function scanBroken(): bool {
  return broken
}

/**
 * Returns whether the last scan saw a CR outside quotes that no line feed follows. This breaks no rule of the scan, because
 * stored files may have such a CR.
 */
export function scanStrayCr(): bool {
  return strayCr
}

/** Tells `scan` to find the fields of every column. */
export const EVERY: u32 = 0xffffffff

/**
 * Finds the fields of the whole records in [from, to), where `from` begins a record. Writes to `ends`, in 4
 * bytes each, the address of the comma or line feed after each field, or after each field of one column.
 * Blank lines are skipped. Returns the number of records.
 *
 * `last`: the bytes end the file, so the last record may lack its line feed. Overwrites 64 bytes after `to`
 * and the byte before `from`. `ends` has room for `room + 72` entries; records that begin after `room`
 * entries are left for the next scan. The entry before `ends` stands for a field before the first one.
 */
export function scan(
  from: usize,
  to: usize,
  last: bool,
  columns: u32,
  column: u32,
  ends: usize,
  room: u32,
): u32 {
  store<u8>(from - 1, LF)
  store<u32>(ends - 4, <u32>(from - 1))
  memory.fill(to, ZERO, 64)
  loneCr = 0
  sawCr = false
  let records: u32 = 0
  let out = ends
  if (column == columns - 1 || column == 1) {
    records = plainScan(column != columns - 1, from, to, columns, ends, room)
    out += (<usize>records) << 2
    from = plainScanNext()
  }
  if (last && to > from && load<u8>(to - 1) != LF) {
    if (load<u8>(to - 1) == CR) loneCr = to - 1
    store<u8>(to++, LF)
  }
  const full = ends + ((<usize>room) << 2)
  const plain = records
  let found: u64 = 0 // the separators
  let whole: u64 = 0 // the separators of whole records
  let lastLine: usize = from - 1
  let problem: u64 = 0
  let stray: u64 = 0 // CRs outside quotes that no line feed follows
  let uneven: u64 = 0 // not 0 if the whole records had too many or too few fields at the end of a block
  // What a block needs to know of the bytes before it: `inQuotes` is all bits or none, everything else is in
  // bit 0.
  let atStart: u64 = 1 // a record begins
  let crAtStart: u64 = 0 // a record began with the CR before the block
  let mayOpen: u64 = 1 // a separator or a closing quote
  let closed: u64 = 0 // a closing quote
  let crClosed: u64 = 0 // a CR after a closing quote
  let crLast: u64 = 0 // a CR outside quotes
  let inQuotes: u64 = 0
  let reached: u64 = 1 // bit 0: a first field goes on or begins
  let reachedSecond: u64 = 0 // bit 0: a second field goes on or begins
  let skip: u64 = column // the separators before the column's next one
  const lf = v128.load(LFS)
  const comma = v128.load(COMMAS)
  for (let at = from; at < to && out < full; at += 64) {
    const a = v128.load(at)
    const b = v128.load(at, 16)
    const c = v128.load(at, 32)
    const d = v128.load(at, 48)
    const al = i8x16.eq(a, lf)
    const bl = i8x16.eq(b, lf)
    const cl = i8x16.eq(c, lf)
    const dl = i8x16.eq(d, lf)
    let lines = mask(al, bl, cl, dl)
    let commas = mask(i8x16.eq(a, comma), i8x16.eq(b, comma), i8x16.eq(c, comma), i8x16.eq(d, comma))
    let blank = (lines << 1) | atStart
    // Quotes and CRs are below the comma, and so are few other bytes except the line feed.
    const least = i8x16.min_u(
      i8x16.min_u(v128.or(a, al), v128.or(b, bl)),
      i8x16.min_u(v128.or(c, cl), v128.or(d, dl)),
    )
    if (v128.any_true(i8x16.lt_u(least, comma)) || (inQuotes | closed | crLast) != 0) {
      const quote = v128.load(QUOTES)
      const quotes = mask(i8x16.eq(a, quote), i8x16.eq(b, quote), i8x16.eq(c, quote), i8x16.eq(d, quote))
      const quoted = prefixXor(quotes) ^ inQuotes // from an opening quote to before the closing one
      lines &= ~quoted
      commas &= ~quoted
      const opening = quotes & quoted
      const closing = quotes ^ opening
      const separators = lines | commas
      const behind = (closing << 1) | closed
      const known = to - at < 64 ? ((<u64>1) << (<u64>(to - at))) - 1 : ~(<u64>0)
      let fine = separators | opening // what may follow a closing quote
      blank = (lines << 1) | atStart
      if (v128.any_true(i8x16.lt_u(least, v128.load(SPACES))) || crLast != 0) {
        const cr = i8x16.splat(CR)
        let crs = mask(i8x16.eq(a, cr), i8x16.eq(b, cr), i8x16.eq(c, cr), i8x16.eq(d, cr))
        sawCr = sawCr || crs != 0
        const crsOutside = crs & ~quoted
        stray |= (crsOutside & ~(lines >> 1) & (known >> 1)) | (crLast & ~lines)
        crLast = crsOutside >> 63
        if (loneCr - at < 64) crs ^= (<u64>1) << (<u64>(loneCr - at))
        const crBehind = behind & crs
        const crStarts = crs & blank
        problem |= known & ((crBehind << 1) | crClosed) & ~lines
        fine |= crBehind
        blank |= (crStarts << 1) | crAtStart
        crClosed = crBehind >> 63
        crAtStart = crStarts >> 63
      }
      problem |= (opening & ~(((separators | closing) << 1) | mayOpen)) | (known & behind & ~fine)
      mayOpen = (separators | closing) >> 63
      closed = closing >> 63
      inQuotes = <u64>((<i64>quoted) >> 63)
    } else {
      mayOpen = (lines | commas) >> 63
    }
    atStart = lines >> 63
    blank &= lines
    const separators = (lines ^ blank) | commas
    const tail = clz(lines)
    lastLine = select(at + 63 - <usize>tail, lastLine, lines != 0)
    whole = select(found + popcnt(separators & (~(<u64>0) >> tail)), whole, lines != 0)
    lines ^= blank
    found += popcnt(separators)
    records += <u32>popcnt(lines)
    uneven |= whole ^ (<u64>(records - plain) * columns)
    if (column == EVERY) {
      out = writePositions(separators, at, out)
    } else if (column == columns - 1) {
      out = writeFew(lines, at, out)
    } else if (column == 1) {
      // Adding a bit at a field's start to the bits that are not separators carries the bit to the field's
      // end. The first field starts where the previous record ends, because blank lines have no separators.
      const inner = ~separators
      const sum = ((lines << 1) | reached) + inner
      const firstEnds = sum & separators
      reached = <u64>(sum < inner) | (lines >> 63)
      const second = ((firstEnds << 1) | reachedSecond) + inner
      reachedSecond = <u64>(second < inner) | (firstEnds >> 63)
      out = writeFew(second & separators, at, out)
    } else {
      let rest = separators
      let left = popcnt(rest)
      for (; left > skip; left -= skip + 1, skip = columns - 1) {
        for (let n = skip; n > 0; n--) rest &= rest - 1
        store<u32>(out, <u32>at + <u32>ctz(rest))
        rest &= rest - 1
        out += 4
      }
      skip -= left
    }
  }
  next = lastLine + 1
  const endless = records == 0 && out >= full
  const unclosed = last && out < full && next < to
  broken = (problem | uneven) != 0 || endless || unclosed
  strayCr = stray != 0 || loneCr != 0
  return records
}

/** Returns whether each record of a scan of every column ends with its last field. */
export function everyRecordHas(columns: u32, records: u32, ends: usize): bool {
  const step = (<usize>columns) << 2
  let wrong: u32 = 0
  for (let end = ends + step - 4, r: u32 = 0; r < records; r++, end += step) {
    wrong |= <u32>load<u8>(load<u32>(end)) ^ <u32>LF
  }
  return wrong == 0
}

/** Replaces each bit by the parity of itself and the bits below. */
// @ts-expect-error: a decorator
@inline
function prefixXor(bits: u64): u64 {
  bits ^= bits << 1
  bits ^= bits << 2
  bits ^= bits << 4
  bits ^= bits << 8
  bits ^= bits << 16
  return bits ^ (bits << 32)
}
