// Computes the plain way what surveys and encoders must find out.

export interface Survey {
  least: bigint
  greatest: bigint
  changes: number
  deltaBytes: number
}

/** Surveys at least one value of `bits` bits. */
export function plainSurvey(values: readonly bigint[], bits: number): Survey {
  let least = values[0]
  let greatest = values[0]
  let changes = 0
  for (let i = 1; i < values.length; i++) {
    if (values[i] < least) least = values[i]
    if (values[i] > greatest) greatest = values[i]
    if (values[i] !== values[i - 1]) changes++
  }
  return { least, greatest, changes, deltaBytes: plainDeltaBytes(values, bits) }
}

/** Returns the size in DELTA_BINARY_PACKED: blocks of 128 and miniblocks of 32, each with as few bits as possible. */
function plainDeltaBytes(values: readonly bigint[], bits: number): number {
  const steps = values.slice(1).map((value, i) => BigInt.asIntN(bits, value - values[i]))
  let bytes = 2 + 1 + varintBytes(BigInt(values.length)) + varintBytes(zigzag(values[0]))
  for (let block = 0; block < steps.length; block += 128) {
    const inBlock = steps.slice(block, block + 128)
    let least = inBlock[0]
    for (const step of inBlock) if (step < least) least = step
    bytes += varintBytes(zigzag(least)) + 4
    for (let mini = 0; mini < inBlock.length; mini += 32) {
      const rests = inBlock.slice(mini, mini + 32).map(step => BigInt.asUintN(bits, step - least))
      const rest = rests.reduce((all, rest) => all | rest)
      bytes += rest === 0n ? 0 : 4 * rest.toString(2).length
    }
  }
  return bytes
}

function zigzag(value: bigint): bigint {
  return value < 0n ? -2n * value - 1n : 2n * value
}

function varintBytes(value: bigint): number {
  return Math.max(1, Math.ceil((value === 0n ? 0 : value.toString(2).length) / 7))
}
