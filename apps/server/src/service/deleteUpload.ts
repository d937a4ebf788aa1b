import type { Table } from '@table/table'
import { noUpload, uploadNumber } from './getUpload.ts'

/** Deletes an upload. Throws `not-found` if the upload does not exist. */
export async function deleteUpload(table: Table, id: bigint): Promise<void> {
  if (!(await table.delete(uploadNumber(id)))) throw noUpload(id)
}
