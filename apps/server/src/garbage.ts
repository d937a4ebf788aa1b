const BYTES = 2 * 1024 * 1024

let received = 0

/**
 * Says that so many bytes came from the network. Their buffers are garbage a moment later, but hardly any JavaScript objects come
 * with them: V8 would let 30 MB of them gather and then go through its whole heap, which under load takes a quarter of the
 * thread's time. They are all in the young generation, and looking there now and then is a tenth of that. Without Node's
 * `--expose-gc` it is left to V8.
 */
export function countReceived(bytes: number): void {
  received += bytes
  if (received < BYTES) return
  received = 0
  globalThis.gc?.({ type: 'minor' })
}
