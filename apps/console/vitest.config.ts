import { defineConfig } from 'vitest/config'
import { output, shared } from '../../testing/config.ts'

export default defineConfig({ test: { ...output, ...shared } })
