import { HealthService, ServerReflectionService, TableService } from '@table/proto'
import { colSum } from './colSum.ts'
import { deleteUpload } from './deleteUpload.ts'
import { describe } from './describe.ts'
import { download } from './download.ts'
import { getUpload } from './getUpload.ts'
import { type Bind, conversing, received, sending, sendingBytes, streamed, whole } from './handler.ts'
import { check, watch } from './health.ts'
import { listUploads } from './listUploads.ts'
import { query } from './query.ts'
import { reflect } from './reflection.ts'
import { stats } from './stats.ts'
import { upload } from './upload.ts'
import { uploadStream } from './uploadStream.ts'

const SMALL = 64 * 1024
const TINY = 4 * 1024

/**
 * Every method of table.proto, where a new one begins. `limit` is the largest message: a limit of the
 * configuration by its name, or a number of bytes.
 */
const table: Record<keyof typeof TableService, Bind> = {
  upload: streamed({ codec: TableService.upload, scope: 'write', limit: 'uploadBytes', handler: upload }),
  colSum: whole({ codec: TableService.colSum, scope: 'read', limit: SMALL, handler: colSum }),
  uploadStream: received({
    codec: TableService.uploadStream,
    scope: 'write',
    limit: 'uploadBytes',
    handler: uploadStream,
  }),
  listUploads: whole({ codec: TableService.listUploads, scope: 'read', limit: SMALL, handler: listUploads }),
  getUpload: whole({ codec: TableService.getUpload, scope: 'read', limit: SMALL, handler: getUpload }),
  deleteUpload: whole({
    codec: TableService.deleteUpload,
    scope: 'write',
    limit: SMALL,
    handler: deleteUpload,
  }),
  download: sendingBytes({ codec: TableService.download, scope: 'read', limit: SMALL, handler: download }),
  describe: whole({ codec: TableService.describe, scope: 'read', limit: SMALL, handler: describe }),
  stats: whole({ codec: TableService.stats, scope: 'read', limit: SMALL, handler: stats }),
  query: sendingBytes({ codec: TableService.query, scope: 'read', limit: SMALL, handler: query }),
}

/** Whoever asks for the health, such as an orchestrator, has no token, and asks until the server has ended. */
const forEverybody = { scope: undefined, untilTheEnd: true, limit: TINY }

const health: Record<keyof typeof HealthService, Bind> = {
  check: whole({ codec: HealthService.check, ...forEverybody, handler: check }),
  watch: sending({ codec: HealthService.watch, ...forEverybody, handler: watch }),
}

const { serverReflectionInfo } = ServerReflectionService
/** Older clients know the service by this name; its messages are the same. */
const alphaPath = '/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo'

const reflection = [serverReflectionInfo, { ...serverReflectionInfo, path: alphaPath }].map(codec =>
  conversing({ codec, scope: 'read', limit: SMALL, handler: reflect }),
)

/** Every method that can be called. */
export const methods: readonly Bind[] = [...Object.values(table), ...Object.values(health), ...reflection]
