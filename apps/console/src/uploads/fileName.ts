import type { Upload } from '../api/client.ts'

/** Returns how a stored file of an upload is called when it is saved: like the file that went up, if the upload has its name. */
export function fileNameOf({ id, name }: Pick<Upload, 'id' | 'name'>, format: string): string {
  const last = name?.split(/[\\/]/).at(-1) ?? ''
  const stem = last.replace(/\.(gz|zst)$/i, '').replace(/\.csv$/i, '')
  return `${stem || id}.${format}`
}
