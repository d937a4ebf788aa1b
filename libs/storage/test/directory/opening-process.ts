// A process that opens a store and prints how many uploads are in it, or what it was told.
import { openStore } from '../../src/directory/store.ts'

// What root may do says nothing about permissions.
if (process.getuid?.() === 0) process.setuid?.(65_534)

try {
  const store = openStore(process.argv[2])
  console.log(JSON.stringify({ uploads: (await store.catalogue.snapshot()).uploads.length }))
  store.close()
} catch (error) {
  const { code, message } = error as { code: string; message: string }
  console.log(JSON.stringify({ code, message }))
}
