import type { Case } from '../case.ts'
import { dialect } from './dialect.ts'
import { drift } from './drift.ts'
import { nulls } from './nulls.ts'
import { numbers } from './numbers.ts'
import { types } from './types.ts'

export const cases: readonly Case[] = [...dialect, ...numbers, ...nulls, ...types, ...drift]
