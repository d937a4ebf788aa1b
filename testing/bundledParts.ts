import type { Plugin } from 'vitest/config'

/** The variable that names the folder of the bundled programs. */
export const PROGRAMS = 'TABLE_TEST_PROGRAMS'

const sources = '/apps/server/src/'
const folder = 'import.meta.dirname'
const extension = 'extname(import.meta.filename)'

/**
 * Lets a server in the process of a test start its threads and its process for queries from the bundle: from the sources, each of them
 * takes more than twice the CPU time to start.
 */
export const bundledParts: Plugin = {
  name: 'bundled-parts',
  transform(code, id) {
    if (!id.includes(sources) || !code.includes(extension)) return undefined
    if (!code.includes(folder)) throw new Error(`${id}: found no ${folder} beside ${extension}`)
    // Vitest keeps the changed source for runs without a bundle, too.
    return code
      .replace(folder, `(process.env.${PROGRAMS} ?? ${folder})`)
      .replace(extension, `(process.env.${PROGRAMS} ? '.js' : ${extension})`)
  },
}
