import { defaultStorageLimits, highestLimits, type StorageLimits } from '@table/storage'
import { InvalidArgumentError, Option } from 'commander'

/** The largest length that the 4 bytes before a gRPC message can hold, in bytes. */
export const MAX_MESSAGE_BYTES = 2 ** 32 - 1

/**
 * How many queries run at once. Each has its part of the memory for queries, and keeps its place until its client has taken the
 * answer.
 */
export const QUERIES = 2

/** What clients may ask of a server. Sizes are in bytes, times in seconds. */
export interface Limits extends StorageLimits {
  /** The size of an upload's message, unpacked. */
  uploadBytes: number
  /** Uploads under way at once, and downloads. */
  uploads: number
  /** Connections open at once. */
  connections: number
  /** How long a call may wait for its client. */
  idleTime: number
  /** How long a call may take. */
  callTime: number
  /** The memory of all queries together. */
  queryMemory: number
}

const KIB = 1024
const MIB = 1024 * KIB
const GIB = 1024 * MIB

export const defaultLimits: Limits = {
  ...defaultStorageLimits,
  uploadBytes: MAX_MESSAGE_BYTES,
  uploads: 128,
  connections: 1024,
  idleTime: 60,
  callTime: 3600,
  queryMemory: 128 * MIB,
}

type Flag = [limit: keyof Limits, flag: string, unit: Unit, max: number, description: string]
type Unit = 'number' | 'size' | 'seconds'

const flags: Flag[] = [
  ['uploadBytes', 'max-upload', 'size', MAX_MESSAGE_BYTES, 'largest upload, unpacked'],
  ['columns', 'max-columns', 'number', highestLimits.columns, 'most columns of an upload'],
  ['fieldBytes', 'max-field', 'size', highestLimits.fieldBytes, 'largest field'],
  ['headerBytes', 'max-header', 'size', highestLimits.headerBytes, 'largest header record'],
  ['uploads', 'max-uploads', 'number', 65536, 'most uploads, and most downloads, under way at once'],
  ['connections', 'max-connections', 'number', 65536, 'most open connections'],
  ['idleTime', 'idle-timeout', 'seconds', 86400, 'how long a call may wait for its client'],
  ['callTime', 'call-timeout', 'seconds', 86400, 'how long a call may take'],
  ['queryMemory', 'query-memory', 'size', Number.MAX_SAFE_INTEGER, 'memory of SQL queries, all together'],
  ['keptFreeBytes', 'keep-free', 'size', Number.MAX_SAFE_INTEGER, 'disk space that uploads leave free'],
]

/** Returns one option for each limit, with its environment variable. */
export function limitOptions(): Option[] {
  return flags.map(([limit, flag, unit, max, description]) => {
    const value = defaultLimits[limit]
    return new Option(`--${flag} <${unit}>`, description)
      .env(`TABLE_${flag.toUpperCase().replaceAll('-', '_')}`)
      .default(value, unit === 'size' ? sizeText(value) : undefined)
      .argParser(parser(unit, limit === 'keptFreeBytes' ? 0 : 1, max))
  })
}

/** Collects the limits from the options that commander has parsed. */
export function limitsOf(values: Record<string, unknown>): Limits {
  const limits = { ...defaultLimits }
  for (const [limit, flag] of flags) {
    const name = flag.replace(/-./g, ([, letter]) => (letter as string).toUpperCase())
    limits[limit] = values[name] as number
  }
  return limits
}

const units: Record<string, number> = { '': 1, KiB: KIB, MiB: MIB, GiB: GIB }

function parser(unit: Unit, min: number, max: number): (text: string) => number {
  return text => {
    const [, digits, suffix] = (unit === 'size' ? /^(\d+)(|KiB|MiB|GiB)$/ : /^(\d+)()$/).exec(text) ?? []
    const value = Number(digits) * (units[suffix ?? ''] as number)
    if (value >= min && value <= max) return value
    throw new InvalidArgumentError(
      unit === 'size'
        ? `Expected bytes from ${min} to ${max}, such as 1000, 64KiB, 10MiB or 2GiB.`
        : `Expected a whole number from ${min} to ${max}.`,
    )
  }
}

export function wholeNumber(min: number, max: number): (text: string) => number {
  return parser('number', min, max)
}

function sizeText(bytes: number): string {
  const [suffix = '', unit = 1] = Object.entries(units).findLast(([, unit]) => bytes % unit === 0) ?? []
  return `${bytes / unit}${suffix}`
}
