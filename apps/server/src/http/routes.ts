import { columnStats } from './columnStats.ts'
import { columnSum } from './columnSum.ts'
import { deleteUpload } from './deleteUpload.ts'
import { describe } from './describe.ts'
import { downloadCsv, downloadParquet } from './download.ts'
import { getUpload } from './getUpload.ts'
import { healthz, readyz } from './health.ts'
import { listQuery, listUploads } from './listUploads.ts'
import { metrics, metricsTypes } from './metrics.ts'
import { openapi } from './openapi.ts'
import { query, queryTypes } from './query.ts'
import type { Route } from './route.ts'
import { postUpload, putUpload } from './upload.ts'

const JSON_ALONE = ['application/json'] as const
const TEXT = ['text/plain'] as const

/** Every route, where a new one begins. Of two routes whose paths fit, the first one answers. */
export const routes: readonly Route[] = [
  {
    method: 'PUT',
    path: '/uploads/{id}',
    scope: 'write',
    query: ['name'],
    produces: JSON_ALONE,
    takesBody: true,
    handler: putUpload,
  },
  {
    method: 'POST',
    path: '/uploads',
    scope: 'write',
    query: ['name'],
    produces: JSON_ALONE,
    takesBody: true,
    handler: postUpload,
  },
  {
    method: 'GET',
    path: '/uploads',
    scope: 'read',
    query: listQuery,
    produces: JSON_ALONE,
    handler: listUploads,
  },
  { method: 'GET', path: '/uploads/{id}.csv', scope: 'read', produces: ['text/csv'], handler: downloadCsv },
  {
    method: 'GET',
    path: '/uploads/{id}.parquet',
    scope: 'read',
    produces: ['application/vnd.apache.parquet'],
    handler: downloadParquet,
  },
  { method: 'GET', path: '/uploads/{id}', scope: 'read', produces: JSON_ALONE, handler: getUpload },
  { method: 'DELETE', path: '/uploads/{id}', scope: 'write', produces: JSON_ALONE, handler: deleteUpload },
  { method: 'GET', path: '/table', scope: 'read', produces: JSON_ALONE, handler: describe },
  {
    method: 'GET',
    path: '/columns/{name}/sum',
    scope: 'read',
    query: ['format'],
    produces: JSON_ALONE,
    handler: columnSum,
  },
  {
    method: 'GET',
    path: '/columns/{name}/stats',
    scope: 'read',
    query: ['format'],
    produces: JSON_ALONE,
    handler: columnStats,
  },
  {
    method: 'POST',
    path: '/query',
    scope: 'read',
    produces: queryTypes,
    takesBody: true,
    handler: query,
  },
  // What a stop waits for is worth watching, too.
  {
    method: 'GET',
    path: '/metrics',
    scope: 'read',
    produces: metricsTypes,
    untilTheEnd: true,
    handler: metrics,
  },
  { method: 'GET', path: '/openapi.json', scope: undefined, produces: JSON_ALONE, handler: openapi },
  // Whoever asks for the health, such as an orchestrator, has no token, and asks until the server has ended.
  {
    method: 'GET',
    path: '/healthz',
    scope: undefined,
    produces: TEXT,
    untilTheEnd: true,
    handler: healthz,
  },
  { method: 'GET', path: '/readyz', scope: undefined, produces: TEXT, untilTheEnd: true, handler: readyz },
]
