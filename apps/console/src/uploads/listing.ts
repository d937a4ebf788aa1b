import { type Upload, uploads } from '../api/client.ts'

/** Uploads that are shown at a time. */
export const PAGE = 100
/** The server finds no names, so the page looks through many uploads at a time. */
const PAGE_OF_SEARCH = 1000

export interface Filter {
  name: string
  /** Times of `datetime-local` fields, taken as UTC. Empty: no bound. */
  from: string
  before: string
}

export interface Listing {
  found: Upload[]
  /** Where the next page begins; null if there is none. */
  cursor: string | null
  /** How many uploads were looked through. */
  seen: number
}

/** Returns the next uploads that fit, the newest first, until there is a page of them or no more. */
export async function nextUploads(filter: Filter, after: string, signal: AbortSignal): Promise<Listing> {
  const listing: Listing = { found: [], cursor: after, seen: 0 }
  const wanted = filter.name.toLowerCase()
  do {
    const page = await uploads(
      {
        page_size: String(wanted === '' ? PAGE : PAGE_OF_SEARCH),
        cursor: listing.cursor ?? '',
        received_from: instant(filter.from),
        received_before: instant(filter.before),
      },
      signal,
    )
    listing.found.push(...page.uploads.filter(({ name }) => (name ?? '').toLowerCase().includes(wanted)))
    listing.seen += page.uploads.length
    listing.cursor = page.next_cursor
  } while (listing.found.length < PAGE && listing.cursor !== null && wanted !== '')
  return listing
}

/** Makes a time of the server out of what a field has. */
function instant(field: string): string {
  return field === '' ? '' : `${field.length === 16 ? `${field}:00` : field}Z`
}
