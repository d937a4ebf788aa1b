// Runs one attack against the server on a port, and prints on stdout what it saw.
import { readFileSync } from 'node:fs'
import { attacks } from './attacks.ts'

const [name = '', port, caFile] = process.argv.slice(2)
const ca = caFile === undefined ? undefined : readFileSync(caFile, 'utf8')
console.log(await attacks[name]?.run(Number(port), ca))
process.exit()
