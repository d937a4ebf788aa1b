import type { StoredUpload } from '../api/client.ts'
import { problemOf, unreachable } from '../api/problem.ts'
import { authorization, newToken, token } from '../api/token.ts'

export interface Sending {
  /** The id under which an upload is stored once, however often it is sent. */
  id: string
  name: string
  body: Blob
  isPacked: boolean
  signal: AbortSignal
  /** Told how many bytes are on their way. */
  onProgress(sent: number): void
}

/** Sends a file; the browser reads it from the disk while it sends. Throws ApiError, or the signal's reason. */
export async function send(sending: Sending): Promise<StoredUpload> {
  for (;;) {
    const used = token()
    const { status, text } = await put(sending)
    if (status === 201 || status === 200) return JSON.parse(text)
    if (status !== 401) throw problemOf(status, text)
    await newToken(used)
  }
}

/** `fetch` tells nothing about the progress of a body. */
function put({
  id,
  name,
  body,
  isPacked,
  signal,
  onProgress,
}: Sending): Promise<{ status: number; text: string }> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted()
    const request = new XMLHttpRequest()
    const abort = () => {
      request.abort()
      reject(signal.reason)
    }
    signal.addEventListener('abort', abort, { once: true })
    const headers = {
      'content-type': 'text/csv',
      ...(isPacked && { 'content-encoding': 'gzip' }),
      ...authorization(),
    }
    request.open('PUT', `/uploads/${id}?name=${encodeURIComponent(name)}`)
    for (const [header, value] of Object.entries(headers)) request.setRequestHeader(header, value)
    request.upload.onprogress = event => onProgress(event.loaded)
    request.onload = () => resolve({ status: request.status, text: request.responseText })
    request.onerror = () => reject(unreachable())
    request.onloadend = () => signal.removeEventListener('abort', abort)
    request.send(body)
  })
}
