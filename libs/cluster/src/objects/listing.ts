/** An object as a list of the store has it. */
export interface ListedObject {
  key: string
  bytes: number
  etag: string
  /** In s since 1970. */
  modified: number
}

const ENTITIES: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" }

/** Reads the answer to ListObjectsV2. `next` is the token of the next part, undefined at the end. */
export function readListing(xml: string): { objects: ListedObject[]; next: string | undefined } {
  const objects = Array.from(xml.matchAll(/<Contents>(.*?)<\/Contents>/gs), ([, object = '']) => ({
    key: element(object, 'Key'),
    bytes: Number(element(object, 'Size')),
    etag: element(object, 'ETag'),
    modified: Math.floor(Date.parse(element(object, 'LastModified')) / 1000),
  }))
  const isCut = element(xml, 'IsTruncated') === 'true'
  return { objects, next: isCut ? element(xml, 'NextContinuationToken') : undefined }
}

/** Returns the text of the first element of a name, empty if there is none. */
export function element(xml: string, name: string): string {
  const [, text = ''] = new RegExp(`<${name}>([^<]*)</${name}>`).exec(xml) ?? []
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, entity) =>
    decimal || hex
      ? String.fromCodePoint(decimal ? Number(decimal) : Number.parseInt(hex, 16))
      : (ENTITIES[entity] ?? whole),
  )
}
