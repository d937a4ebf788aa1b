/** A change that no behaviour can show, and why. `before` and `after` are as the report prints them. */
export interface Equivalent {
  file: string
  before: string
  after: string
  why: string
}

/** Every other mutant must be killed by a test. */
export const equivalents: Equivalent[] = [
  {
    file: 'apps/server/src/grpc/uploadReq.ts',
    before: '#field = 0',
    after: '#field = 1',
    why: 'each tag sets it before it is read',
  },
  {
    file: 'apps/server/src/admission/connections.ts',
    before: 'clearTimeout(late)',
    after: ';',
    why: 'the timer keeps no process alive, and finds a socket that is closed',
  },
  {
    file: 'apps/server/src/admission/openCalls.ts',
    before: 'const work = this.#observer.tracing ? notingPhases(call.record.phases, answer) : answer()',
    after: 'const work = true ? notingPhases(call.record.phases, answer) : answer()',
    why: 'nobody reads phases without tracing',
  },
  {
    file: 'apps/server/src/grpc/wholeMessage.ts',
    before: 'if (length + bytes.length > message.length) {',
    after: 'if (length + bytes.length >= message.length) {',
    why: 'a message that has exactly the room gets more of it',
  },
  {
    file: 'apps/server/src/observe/metrics.ts',
    before:
      ".replace(/^# HELP (\\S+) (.*\\n)# TYPE \\1 counter$/gm, '# HELP $1_total $2# TYPE $1_total counter')",
    after:
      ".replace(/^# HELP (\\S+) (.*\\n)# TYPE \\1 counter/gm, '# HELP $1_total $2# TYPE $1_total counter')",
    why: 'no type of metrics begins with another one',
  },
  {
    file: 'apps/server/src/query/child.ts',
    before:
      'answers.write(frame.subarray(0, FRAME_HEADER + length), () => { if (frame.length === WHOLE_FRAME) written.push…',
    after: 'answers.write(frame.subarray(0, FRAME_HEADER + length), () => {})',
    why: 'a frame that is not used again is replaced by a new one',
  },
  {
    file: 'libs/storage/src/parquet/compression.ts',
    before: 'sample.buffer.transfer(0)',
    after: ';',
    why: 'it frees memory that the garbage collector would free later',
  },
  {
    file: 'libs/storage/src/parquet/compression.ts',
    before: 'release(stored)',
    after: ';',
    why: 'it frees memory that the garbage collector would free later',
  },
  {
    file: 'libs/storage/src/parquet/columnChunk.ts',
    before: 'if (stored) release(stored)',
    after: 'if (false) release(stored)',
    why: 'it frees memory that the garbage collector would free later',
  },
  {
    file: 'libs/storage/src/catalogue/census.ts',
    before: 'return -1',
    after: 'return undefined',
    why: 'neither is 0 or more',
  },
  {
    file: 'libs/storage/src/catalogue/listing.ts',
    before: 'if (!sized) {',
    after: 'if (true) {',
    why: 'a list of columns that is read again is the same',
  },
  {
    file: 'libs/storage/src/catalogue/listing.ts',
    before: 'known.set(id, sized)',
    after: ';',
    why: 'a list of columns that is read again is the same',
  },
  {
    file: 'libs/storage/src/maintenance/backup.ts',
    before: 'const contents = unsynced.has(id) ? readContents(to, id) : undefined',
    after: 'const contents = true ? readContents(to, id) : undefined',
    why: 'the other uploads have no contents in the catalogue, and the set only saves to look for them',
  },
  {
    file: 'libs/storage/src/maintenance/backup.ts',
    before:
      'using database = new DatabaseSync(catalogueFile(directory), { readOnly: true, timeout: LOCK_WAIT })',
    after:
      'using database = new DatabaseSync(catalogueFile(directory), { readOnly: false, timeout: LOCK_WAIT })',
    why: 'the only statement reads',
  },
  {
    file: 'libs/storage/src/parquet/pageReader.ts',
    before: '#windowStart = 0',
    after: '#windowStart = 1',
    why: 'the window is empty until it is loaded, wherever it begins',
  },
  {
    file: 'libs/storage/src/parquet/statedChunks.ts',
    before: '...{ column, repetition, type: -1, codec: -1, values: -1, start: -1, bytes: -1 },',
    after: '...{ column, repetition, type: -1, codec: -1, values: -1, start: -1, bytes: -2 },',
    why: 'any negative number stands for a missing one',
  },
  {
    file: 'libs/storage/src/catalogue/uploadList.ts',
    before: 'const upload: ListedUpload = { ...nothing }',
    after: 'const upload: ListedUpload = {}',
    why: 'each field is set before the upload is yielded; an object that has them all from the start is faster',
  },
  {
    file: 'libs/storage/src/csv/check.ts',
    before: 'if (range.from === range.to) return',
    after: 'if (false) return',
    why: 'an empty part has no blocks, and the shortcut only saves to look for them',
  },
  {
    file: 'libs/storage/src/ingest/convert.ts',
    before: "if (columns.every(({ type }) => type !== 'text')) return",
    after: 'if (false) return',
    why: 'fields of the other types are ASCII, so the bytes are UTF-8',
  },
  {
    file: 'libs/storage/src/stats/footers.ts',
    before: 'schemas.set(schema, columns)',
    after: ';',
    why: 'a list of columns that is read again is the same',
  },
  {
    file: 'libs/storage/src/stats/runs.ts',
    before: 'if ([...wanted].every(([run, { size }]) => known.get(run)?.size === size)) return',
    after: 'if (false) return',
    why: 'without the shortcut every upload is found to be known',
  },
  {
    file: 'libs/storage/src/sum/exactNumber.ts',
    before:
      'if (places > MOST_DIGITS || bitsOf(units >> UNIT_BITS) > 4 * MOST_DIGITS) return about(nearestDouble(units))',
    after: 'if (false) return about(nearestDouble(units))',
    why: 'it only keeps from making millions of digits, of which the next condition finds too many',
  },
  {
    file: 'libs/storage/src/sum/exactNumber.ts',
    before: 'return value < 0n ? -value : value',
    after: 'return value < 1n ? -value : value',
    why: 'there is one 0n',
  },
  {
    file: 'libs/storage/src/sum/places.ts',
    before: 'let last = -1',
    after: 'let last = -2',
    why: 'no schema has a negative number',
  },
]
