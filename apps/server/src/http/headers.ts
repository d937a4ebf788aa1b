import { type Headers, HttpError } from './problem.ts'

/** No answer is markup or code, none belongs in a frame, and no other site may embed one. */
export const SECURITY_HEADERS: Headers = {
  'x-content-type-options': 'nosniff',
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'",
  'cross-origin-resource-policy': 'same-origin',
  'referrer-policy': 'no-referrer',
}

/** Returns the media type of a `Content-Type` in lower case, with its charset. */
export function mediaType(header: string): { type: string; charset: string | undefined } {
  const [type = '', ...parameters] = header.split(';').map(part => part.trim().toLowerCase())
  const charset = parameters.find(parameter => parameter.startsWith('charset='))?.slice('charset='.length)
  return { type, charset: charset?.replaceAll('"', '') }
}

/**
 * Returns which of the types an `Accept` header asks for: the one of the highest weight, the first one if
 * there are several. Throws 406 if it asks for none (https://www.rfc-editor.org/rfc/rfc9110#section-12.5.1).
 */
export function accepted(header: string | undefined, types: readonly [string, ...string[]]): string {
  if (header === undefined || header.trim() === '') return types[0]
  const ranges = header.split(',').map(range => {
    const [type = '', ...parameters] = range.split(';').map(part => part.trim().toLowerCase())
    const weight = Number(parameters.find(parameter => parameter.startsWith('q='))?.slice(2) ?? 1)
    return { type, weight: Number.isNaN(weight) ? 1 : weight }
  })
  // The most specific range decides.
  const weightOf = (type: string) =>
    [type, type.replace(/\/.*/, '/*'), '*/*']
      .map(name => ranges.find(range => range.type === name)?.weight)
      .find(weight => weight !== undefined) ?? 0
  const [best] = types.toSorted((a, b) => weightOf(b) - weightOf(a))
  if (weightOf(best as string) > 0) return best as string
  throw new HttpError(
    406,
    `Accept: found "${header.slice(0, 80)}", expected ${types.join(' or ')}, the types of this answer`,
  )
}
