import { status as Status } from '@grpc/grpc-js'
import { expect, test } from 'vitest'
import { sqlError } from '../../src/engine/sqlError.ts'

const object = 's3a://bucket/table/parquet/0197b1a0-5b7e-7cc0-8f3a-0123456789ab.parquet'

test.each([
  ["[PARSE_SYNTAX_ERROR] Syntax error at 'x'.\n\n== SQL ==\nSELECT x\n-------^^^", undefined],
  ['column "a": no double\n\tat org.apache.spark.Foo.bar(Foo.scala:1)\n\tat x.y(z)', 'column "a": no double'],
  [
    "Job aborted due to stage failure: Task 0 in stage 3.0 failed 4 times, most recent failure: Lost task 0.3 in stage 3.0 (TID 7) (10.0.0.1 executor 1): org.apache.spark.SparkNumberFormatException: [CAST_INVALID_INPUT] The value 'x' cannot be cast. SQLSTATE: 22018\n\tat org.apache.Foo(x)\n\nDriver stacktrace:",
    "[CAST_INVALID_INPUT] The value 'x' cannot be cast. SQLSTATE: 22018",
  ],
  [`Parquet error: ${object} is short`, 'Parquet error: a file of the table is short'],
  ['Path does not exist: s3://other/secret?X-Amz-Signature=1.', 'Path does not exist: …'],
  ['', 'the engine does not say what is wrong with the query'],
])('%j is told without what stands around it', (details, expected = details) => {
  expect(sqlError({ code: Status.INTERNAL, details })).toMatchObject({
    code: 'invalid-data',
    message: expected,
  })
})

test('a long message is cut', () => {
  expect(sqlError({ code: Status.INTERNAL, details: 'x'.repeat(5000) })?.message).toHaveLength(2000)
})

test.each([
  [Status.UNAVAILABLE, 'No connection established'],
  [Status.DEADLINE_EXCEEDED, 'Deadline exceeded'],
  [Status.UNAUTHENTICATED, 'who are you'],
  [Status.INTERNAL, 'Received RST_STREAM with code 2'],
  [Status.INTERNAL, 'internal error: worker lost'],
  [Status.INTERNAL, `Generic S3 error: AWSAccessKeyId SECRET at ${object}`],
  [Status.INTERNAL, `[FAILED_READ_FILE.NO_HINT] Encountered error while reading file ${object}`],
  [Status.INTERNAL, '[INVALID_HANDLE.SESSION_CLOSED] The handle is invalid'],
  [undefined, 'a broken pipe'],
])('%s %j is a failure of the engine', (code, details) => {
  expect(sqlError({ code, details })).toBeUndefined()
})

test('a part of an answer that is too large is told', () => {
  const details = 'Received message larger than max (70000000 vs 67108864)'
  expect(sqlError({ code: Status.RESOURCE_EXHAUSTED, details })).toMatchObject({
    code: 'too-large',
    message: expect.stringContaining('have 70000000 bytes, at most 67108864'),
  })
})
