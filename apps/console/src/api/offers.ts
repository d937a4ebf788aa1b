import { request } from './client.ts'

interface Document {
  paths: Record<string, Record<string, { responses: Record<string, { content?: object }> }>>
}

let document: Promise<Document> | undefined

/** Whether the server has a path, and answers POST requests to it with a media type. It may be older or newer than this page. */
export async function offers(path: string, type?: string): Promise<boolean> {
  document ??= request('/openapi.json')
    .then(response => response.json())
    .catch(error => {
      document = undefined
      throw error
    })
  const methods = (await document).paths[path]
  return type === undefined ? methods !== undefined : type in (methods?.post?.responses['200']?.content ?? {})
}
