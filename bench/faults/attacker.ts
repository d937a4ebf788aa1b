// Runs one attack against the server on a port and says, on stdout, what it saw.
import { attacks } from './attacks.ts'

const [name = '', port] = process.argv.slice(2)
console.log(await attacks[name]?.run(Number(port)))
process.exit()
