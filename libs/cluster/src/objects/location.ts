import { StorageError } from '@table/storage'

/** Where the objects are. */
export interface Location {
  /** The address of the bucket, with a slash at its end. */
  bucketUrl: URL
  region: string
  /** What the names of all objects begin with: empty, or with a slash at its end. */
  prefix: string
  /** As the operator wrote it: `s3://bucket/prefix`. */
  name: string
}

const FORM = /^s3:\/\/([a-z0-9][a-z0-9.-]{1,61}[a-z0-9])(?:\/(.*))?$/

/**
 * Reads `s3://bucket/prefix`. With an `endpoint` the bucket is the first part of the path, as most stores want it; without one the store is
 * Amazon's. Throws StorageError `unusable`.
 */
export function readLocation(
  name: string,
  endpoint: string | undefined,
  env: NodeJS.ProcessEnv = process.env,
): Location {
  const [, bucket, path = ''] = FORM.exec(name) ?? []
  if (bucket === undefined)
    throw new StorageError('unusable', `--objects: found "${name}", expected s3://bucket/prefix`)
  const region = env.AWS_REGION || env.AWS_DEFAULT_REGION || 'us-east-1'
  const folder = path.replace(/^\/+|\/+$/g, '')
  return {
    bucketUrl: endpoint === undefined ? amazonUrl(bucket, region) : endpointUrl(endpoint, bucket),
    region,
    prefix: folder === '' ? '' : `${folder}/`,
    name,
  }
}

function endpointUrl(endpoint: string, bucket: string): URL {
  const url = URL.canParse(endpoint) ? new URL(endpoint) : undefined
  if (url && /^https?:$/.test(url.protocol) && url.username === '' && url.search === '')
    return new URL(`${url.pathname.replace(/\/$/, '')}/${bucket}/`, url)
  throw new StorageError(
    'unusable',
    `--s3-endpoint: found "${url ? `${url.protocol}//${url.host}` : endpoint}", expected an address such as https://store.example.com`,
  )
}

/** A name with a dot does not fit the certificate of `*.s3…`, so its bucket is in the path. */
function amazonUrl(bucket: string, region: string): URL {
  return bucket.includes('.')
    ? new URL(`https://s3.${region}.amazonaws.com/${bucket}/`)
    : new URL(`https://${bucket}.s3.${region}.amazonaws.com/`)
}
