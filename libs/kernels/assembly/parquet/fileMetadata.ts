// Finds one column in the footer of a Parquet file that we wrote: FileMetaData of parquet.thrift. Everything else in
// the footer is skipped.
import {
  at,
  damaged,
  fail,
  hold,
  listSize,
  nextField,
  open,
  pass,
  readInt,
  readLength,
  STRUCT,
  skip,
  TRUE,
  type,
} from './thrift'

/** Type of parquet.thrift. */
const INT64: i64 = 2

// The column's schema element.
let name: usize = 0
let nameBytes: usize = 0
/** Whether the element has the wanted name. */
let named: bool = false
let physicalType: i32 = -1
let repetition: i32 = 0

export function columnName(): usize {
  return name
}

export function columnNameBytes(): usize {
  return nameBytes
}

/** Returns the Type, or -1 if the file does not say it. */
export function columnType(): i32 {
  return physicalType
}

/** Returns the FieldRepetitionType. */
export function columnRepetition(): i32 {
  return repetition
}

/** The column does not exist. */
const NONE: i32 = -1
/** The metadata is damaged. */
const DAMAGED: i32 = -2
/** There are more row groups than `out` has room for. */
const TOO_MANY: i32 = -3

/**
 * Finds a column in the metadata, which is [from, to) and the `following` bytes that the host reads later: the
 * column number `position`, or if that is negative, the first column with the name in [wanted, wanted +
 * wantedBytes). Writes the column's chunk in each row group to `out`, six doubles and an int64 each: Type,
 * CompressionCodec, number of values, file position of the pages, bytes of the pages. If the statistics show that
 * all int64 values of the chunk are equal, their number and the integer follow, otherwise a negative number.
 * Returns the number of row groups, which is at most `room`, or a negative code from above.
 *
 * The column's name stays at `wanted`, which must have room for as many bytes as are in memory at a time.
 */
export function findColumn(
  from: usize,
  to: usize,
  following: usize,
  position: i32,
  wanted: usize,
  wantedBytes: usize,
  out: usize,
  room: u32,
): i32 {
  open(from, to, following)
  let column: i32 = -1
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 2) {
      column = findElement(position, wanted, wantedBytes)
      if (damaged) return DAMAGED
      if (column < 0) return NONE
    } else if (field == 4 && column >= 0) {
      const groups = readRowGroups(column, out, room)
      return damaged ? DAMAGED : groups
    } else skip()
  }
  return DAMAGED
}

/** Reads the whole schema, which has no nested columns. Returns the column's position, or -1 if the column does not exist. */
function findElement(position: i32, wanted: usize, wantedBytes: usize): i32 {
  const size = structs()
  let found: i32 = -1
  name = wanted
  nameBytes = wantedBytes
  for (let i: u32 = 0; i < size && !damaged; i++) {
    if (found >= 0) {
      skipFields()
      continue
    }
    const isRoot = i == 0
    const atPosition = !isRoot && <i32>i - 1 == position
    const children = readElement(atPosition)
    if (isRoot) continue
    if (children > 0) fail()
    if (position < 0 ? named : atPosition) found = <i32>i - 1
  }
  return found
}

/** Returns how many structures a list has. */
function structs(): u32 {
  const size = listSize()
  if (type == STRUCT) return size
  if (size > 0) fail()
  return 0
}

function skipFields(): void {
  for (let field = nextField(0); field != 0; field = nextField(field)) skip()
}

/**
 * Reads a schema element and returns its number of children. Compares the element's name with the wanted
 * name, or replaces the wanted name if `keepName` is set.
 */
function readElement(keepName: bool): i64 {
  let children: i64 = 0
  if (keepName) nameBytes = 0
  named = nameBytes == 0
  physicalType = -1
  repetition = 0
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 1) physicalType = <i32>readInt()
    else if (field == 3) repetition = <i32>readInt()
    else if (field == 4) {
      const length = readLength()
      readName(length, keepName)
      pass(length)
    } else if (field == 5) children = readInt()
    else skip()
  }
  return children
}

/** Compares or keeps the name at once, because reading on may overwrite it in memory. */
function readName(length: usize, keep: bool): void {
  if (keep) {
    if (!hold(length)) return fail()
    memory.copy(name, at, length)
    nameBytes = length
  } else {
    named = length == nameBytes && hold(length) && memory.compare(at, name, length) == 0
  }
}

const NUMBERS: usize = 7

function readRowGroups(column: i32, out: usize, room: u32): i32 {
  const groups = structs()
  if (groups > room) return TOO_MANY
  for (let i: u32 = 0; i < groups && !damaged; i++) {
    let found = false
    for (let field = nextField(0); field != 0; field = nextField(field)) {
      if (field == 1 && !found) found = readColumns(column, out)
      else skip()
    }
    if (!found) fail()
    out += NUMBERS * 8
  }
  return groups
}

/** Reads the column chunks of a row group. Returns whether the column is among them. */
function readColumns(column: i32, out: usize): bool {
  const columns = structs()
  let found = false
  for (let i: u32 = 0; i < columns && !damaged; i++) {
    if (i != <u32>column) {
      skipFields()
      continue
    }
    for (let field = nextField(0); field != 0; field = nextField(field)) {
      if (field == 3) {
        readColumnMetadata(out)
        found = true
      } else if (field == 1)
        fail() // the chunk is in another file
      else skip()
    }
  }
  return found
}

function readColumnMetadata(out: usize): void {
  let chunkType: i64 = -1
  let codec: i64 = -1
  let values: i64 = -1
  let bytes: i64 = -1
  let start: i64 = -1
  let dictionary: i64 = 0
  forgetStatistics()
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 1) chunkType = readInt()
    else if (field == 4) codec = readInt()
    else if (field == 5) values = readInt()
    else if (field == 7) bytes = readInt()
    else if (field == 9) start = readInt()
    else if (field == 11) dictionary = readInt()
    else if (field == 12 && type == STRUCT) readStatistics()
    else skip()
  }
  // Some writers put 0 where there is no dictionary.
  if (dictionary > 0 && dictionary < start) start = dictionary
  if (values < 0 || bytes < 0) fail()
  store<f64>(out, <f64>chunkType)
  store<f64>(out, <f64>codec, 8)
  store<f64>(out, <f64>values, 16)
  store<f64>(out, <f64>start, 24)
  store<f64>(out, <f64>bytes, 32)
  storeConstant(out + 40, chunkType, values)
}

// The statistics of a column chunk.
let nulls: i64 = -1
let least: i64 = 0
let leastBytes: usize = 0
let greatest: i64 = 0
let greatestBytes: usize = 0
let exact: bool = true

function forgetStatistics(): void {
  nulls = -1
  leastBytes = greatestBytes = 0
  exact = true
}

function readStatistics(): void {
  for (let field = nextField(0); field != 0; field = nextField(field)) {
    if (field == 3) nulls = readInt()
    else if (field == 5) {
      greatestBytes = readLength()
      greatest = readBound(greatestBytes)
    } else if (field == 6) {
      leastBytes = readLength()
      least = readBound(leastBytes)
    } else {
      // Inexact bounds are not values of the column.
      if ((field == 7 || field == 8) && type != TRUE) exact = false
      skip()
    }
  }
}

/** Reads an int64. Returns any number for other lengths. */
function readBound(bytes: usize): i64 {
  const value = bytes == 8 && hold(bytes) ? load<i64>(at) : 0
  pass(bytes)
  return value
}

function storeConstant(out: usize, chunkType: i64, values: i64): void {
  const count = <f64>values - <f64>nulls
  const known =
    chunkType == INT64 &&
    leastBytes == 8 &&
    greatestBytes == 8 &&
    least == greatest &&
    exact &&
    nulls >= 0
  store<f64>(out, known ? count : -1)
  if (known) store<i64>(out, least, 8)
}
