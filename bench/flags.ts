import { parseArgs } from 'node:util'
import { type Size, writers } from './loads/writers.ts'

const names = [...Object.keys(writers), 'growth']

/** Reads the flags. Ends the process if they are wrong. */
export function readFlags(): { size: Size; loads: string[] } {
  try {
    const { values } = parseArgs({
      options: {
        batches: { type: 'string', default: '100' },
        scale: { type: 'string', default: '1' },
        loads: { type: 'string', default: names.join() },
      },
    })
    return {
      size: { batches: readBatches(values.batches), scale: readScale(values.scale) },
      loads: readLoads(values.loads),
    }
  } catch (error) {
    const usage = `npm run bench -- [--batches 100] [--scale 1] [--loads ${names}]`
    console.error(`bench: ${(error as Error).message}\nusage: ${usage}`)
    process.exit(2)
  }
}

function readBatches(text: string): number {
  if (/^[1-9]\d{0,3}$/.test(text)) return Number(text)
  throw new Error(`--batches is ${text}, expected a whole number from 1 to 9999`)
}

function readScale(text: string): number {
  if (Number(text) > 0 && Number(text) <= 10) return Number(text)
  throw new Error(`--scale is ${text}, expected a number above 0, at most 10`)
}

function readLoads(text: string): string[] {
  const loads = text.split(',')
  const unknown = loads.find(load => !names.includes(load))
  if (unknown === undefined) return loads
  throw new Error(`--loads has ${unknown}, expected some of ${names}`)
}
