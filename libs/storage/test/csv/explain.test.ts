import { expect, onTestFinished, test } from 'vitest'
import { explainLineEnds, explainProblem, fieldsFrom } from '../../src/csv/explain.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { temporaryFile } from '../support/files.ts'

function opened(text: string) {
  const file = openFile(temporaryFile(text))
  onTestFinished(() => closeFile(file))
  return file
}

test('all fields behind a position are found once, with their columns and places', () => {
  const text = 'a,b\n1,"x,""y"\r\n,3\n'
  const file = opened(text)
  const found = Array.from(fieldsFrom(file, 4, 2), ({ column, bytes, position }) => {
    const field = Buffer.from(bytes).toString()
    expect(text.slice(position, position + field.length)).toBe(field)
    return [column, field]
  })
  expect(found).toEqual([
    [0, '1'],
    [1, '"x,""y"'],
    [0, ''],
    [1, '3'],
  ])
  expect([...fieldsFrom(file, text.length, 2)]).toEqual([])
})

test('fields of many blocks are found once', () => {
  const rows = Array.from({ length: 100_000 }, (_, i) => `${i},x`)
  const fields = Array.from(fieldsFrom(opened(`${rows.join('\n')}\n`), 0, 2), ({ bytes }) =>
    Buffer.from(bytes).toString(),
  )
  expect(fields).toEqual(rows.flatMap(row => row.split(',')))
})

test('a problem that is looked for a second time and not found is an error of the server', () => {
  const file = opened('a,b\n1,"2\n3"\n')
  expect(explainProblem(file, 4, 2).message).toBe(
    `${file.path}: found a broken record behind byte 4, and then found it whole`,
  )
  expect(explainLineEnds(file, 4, 2).message).toContain('and then found none')
  expect(explainProblem(file, 4, 3)).toMatchObject({
    code: 'invalid',
    message: expect.stringMatching(/^line 2/),
  })
  for (const record of ['3,x\ry', '3,\rx', '\r3,x'])
    expect(explainLineEnds(opened(`a,b\n1,2\n${record}\n`), 4, 2)).toMatchObject({
      code: 'invalid',
      message: expect.stringMatching(/^line 3: found a CR/),
    })
})
