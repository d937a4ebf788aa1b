// A process that opens a store and prints how many uploads the store has, or the error.
import { openStore } from '../../src/directory/store.ts'

// Permissions do not stop root, so become another user.
if (process.getuid?.() === 0) process.setuid?.(65_534)

try {
  const store = openStore(process.argv[2])
  console.log(JSON.stringify({ uploads: (await store.catalogue.snapshot()).uploads.length }))
  store.close()
} catch (error) {
  const { code, message } = error as { code: string; message: string }
  console.log(JSON.stringify({ code, message }))
}
