import { defineConfig } from 'vitest/config'
import { bundledParts } from '../../testing/bundledParts.ts'
import { output, shared } from '../../testing/config.ts'

export default defineConfig({ plugins: [bundledParts], test: { ...output, ...shared } })
