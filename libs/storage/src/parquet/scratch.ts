import { engine } from '../engine.ts'
import { MAX_ROWS } from './columnBuffer.ts'

// What lies where in the engine's memory for tables while a column is encoded.
const PLAN = MAX_ROWS / 8 + 64
const TABLE = PLAN + MAX_ROWS / 8 + 512
const INDICES = TABLE + 512 * 1024

/** Levels, a bit each. */
export const levelBits = (): number => engine.tables
/** What a survey leaves for the delta encoding. */
export const deltaPlan = (): number => engine.tables + PLAN
/** The hash table of a dictionary. */
export const hashTable = (): number => engine.tables + TABLE
/** Indices into a dictionary, two bytes each. */
export const indices = (): number => engine.tables + INDICES
