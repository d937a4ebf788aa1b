#!/usr/bin/env node
// Starts the CLI. This file is plain JavaScript, because the compiler of the first TypeScript file takes longer to load than the rest
// of the CLI. From the second start on, all other files come compiled from a cache.
import module from 'node:module'
import { join } from 'node:path'

// Node's default is a directory in /tmp, where other users of the machine could leave code for this one.
const { HOME, XDG_CACHE_HOME } = process.env
const caches = XDG_CACHE_HOME || (HOME && join(HOME, '.cache'))
// Node 20 has no such cache.
if (caches) module.enableCompileCache?.(join(caches, 'table-cli'))

await import('./src/main.ts')
