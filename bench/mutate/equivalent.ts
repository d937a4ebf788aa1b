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
]
