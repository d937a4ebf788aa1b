import { expect, onTestFinished, test } from 'vitest'
import { Checksum } from '../../src/checksum.ts'
import { checkSections } from '../../src/csv/sections.ts'
import { closeFile, openFile } from '../../src/files.ts'
import { temporaryFile } from '../support/files.ts'

const content = Buffer.from('x\n1\n2\n3\n')

function isWhole(cuts: number[], checksums: Uint8Array): boolean {
  const file = openFile(temporaryFile(content))
  onTestFinished(() => closeFile(file))
  const check = checkSections(file, cuts, checksums)
  for (;;) {
    const { done, value } = check.next()
    if (done) return value
  }
}

function checksumsOf(...sections: Uint8Array[]): Buffer {
  return Buffer.concat(
    sections.map(section => {
      const checksum = new Checksum()
      checksum.update(section)
      return checksum.digest()
    }),
  )
}

test('the sections of a file have their checksums, one each', () => {
  const whole = checksumsOf(content)
  const two = checksumsOf(content.subarray(0, 4), content.subarray(4))
  expect(isWhole([], whole)).toBe(true)
  expect(isWhole([4], two)).toBe(true)
  expect(isWhole([4], Buffer.from(two).reverse())).toBe(false)
  for (const wrong of [two, whole.subarray(1), Buffer.concat([whole, Buffer.of(0)]), Buffer.alloc(0)])
    expect(isWhole([], wrong)).toBe(false)
  for (const wrong of [whole, two.subarray(0, 16), Buffer.concat([two, two.subarray(0, 16)])])
    expect(isWhole([4], wrong)).toBe(false)
})
