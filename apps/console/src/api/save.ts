import { postQuery, request } from './client.ts'
import { token } from './token.ts'

/** Saves a file of the server. Without a token the browser does so itself, and shows the progress. */
export async function saveFile(path: string, name: string): Promise<void> {
  if (token() === undefined) saveAs(path, name)
  else await saveResponse(await request(path), name)
}

export async function saveQuery(sql: string, type: string, name: string): Promise<void> {
  await saveResponse(await postQuery(sql, type), name)
}

/** The browser keeps a large blob on the disk. */
async function saveResponse(response: Response, name: string): Promise<void> {
  const address = URL.createObjectURL(await response.blob())
  saveAs(address, name)
  setTimeout(() => URL.revokeObjectURL(address), 60_000)
}

function saveAs(address: string, name: string): void {
  const link = document.createElement('a')
  link.href = address
  link.download = name
  link.click()
}
