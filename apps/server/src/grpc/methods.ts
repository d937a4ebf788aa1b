import { TableService } from '@table/proto'
import { colSum } from './colSum.ts'
import { deleteUpload } from './deleteUpload.ts'
import { download } from './download.ts'
import { getUpload } from './getUpload.ts'
import { type Bind, received, sending, streamed, whole } from './handler.ts'
import { listUploads } from './listUploads.ts'
import { upload } from './upload.ts'
import { uploadStream } from './uploadStream.ts'

const SMALL = 64 * 1024

/**
 * Every method of table.proto, where a new one begins. `limit` is the largest message: a limit of the
 * configuration by its name, or a number of bytes.
 */
export const methods: Partial<Record<keyof typeof TableService, Bind>> = {
  upload: streamed({ codec: TableService.upload, scope: 'write', limit: 'uploadBytes', handler: upload }),
  uploadStream: received({
    codec: TableService.uploadStream,
    scope: 'write',
    limit: 'uploadBytes',
    handler: uploadStream,
  }),
  colSum: whole({ codec: TableService.colSum, scope: 'read', limit: SMALL, handler: colSum }),
  download: sending({ codec: TableService.download, scope: 'read', limit: SMALL, handler: download }),
  listUploads: whole({ codec: TableService.listUploads, scope: 'read', limit: SMALL, handler: listUploads }),
  deleteUpload: whole({
    codec: TableService.deleteUpload,
    scope: 'write',
    limit: SMALL,
    handler: deleteUpload,
  }),
  getUpload: whole({ codec: TableService.getUpload, scope: 'read', limit: SMALL, handler: getUpload }),
}
