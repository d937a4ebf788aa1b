import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { Validator } from '@seriousme/openapi-schema-validator'
import { Ajv2020 } from 'ajv/dist/2020.js'
import formats from 'ajv-formats'
import { beforeAll, describe, expect, test } from 'vitest'
import { routes } from '../../src/http/routes.ts'
import { ask, serveFile, stored } from '../support/http.ts'

const server = serveFile()
const document = JSON.parse(readFileSync(join(import.meta.dirname, '../../src/http/openapi.json'), 'utf8'))

interface Parameter {
  name: string
  in: string
}

interface Operation {
  operationId: string
  parameters?: { $ref: string }[]
  requestBody?: object
  security: Record<string, string[]>[]
  responses: Record<string, { content?: Record<string, object>; $ref?: string }>
}

const operations = Object.entries<Record<string, unknown>>(document.paths).flatMap(([path, item]) =>
  Object.entries(item)
    .filter(([method]) => method !== 'parameters')
    .map(([method, operation]) => ({ path, method: method.toUpperCase(), ...(operation as Operation) })),
)
const resolved = ($ref: string) =>
  $ref
    .slice('#/'.length)
    .split('/')
    .reduce((found, key) => found[key], document)

test('the document is OpenAPI 3.1', async () => {
  const { valid, errors } = await new Validator().validate(document)
  expect(errors).toBeUndefined()
  expect(valid).toBe(true)
})

test('the server sends the document to everybody', async () => {
  const { headers, text } = await ask(server, 'GET', '/openapi.json')
  expect(headers['content-type']).toBe('application/json')
  expect(JSON.parse(text)).toEqual(document)
})

test('the document has the routes of the server, with their scopes, parameters, bodies and types', () => {
  const described = operations.map(({ path, method, parameters = [], requestBody, security, responses }) => {
    const known = parameters.map(({ $ref }) => resolved($ref) as Parameter)
    const types = Object.entries(responses)
      .filter(([status]) => status.startsWith('2'))
      .flatMap(([, { content = {} }]) => Object.keys(content))
    return {
      method,
      path,
      scope: security[0]?.token?.[0],
      query: known.filter(parameter => parameter.in === 'query').map(({ name }) => name),
      // A deletion has no body, and its errors have their own type.
      produces: types.length > 0 ? [...new Set(types)] : ['application/json'],
      takesBody: requestBody !== undefined,
    }
  })
  const served = routes.map(({ method, path, scope, query = [], produces, takesBody = false }) => ({
    method,
    path,
    scope,
    query: [...query],
    produces: [...produces],
    takesBody,
  }))
  const order = (entries: { path: string; method: string }[]) =>
    entries.toSorted((a, b) => `${a.path} ${a.method}`.localeCompare(`${b.path} ${b.method}`))
  expect(order(described)).toEqual(order(served))
})

test('every reference leads somewhere, and everything is referred to', () => {
  const text = JSON.stringify(document)
  const references = new Set(
    [...text.matchAll(/"\$ref":"([^"]+)"/g)].map(([, reference]) => reference as string),
  )
  for (const reference of references) expect(resolved(reference)).toBeTypeOf('object')
  for (const kind of ['parameters', 'responses', 'schemas'])
    for (const name of Object.keys(document.components[kind]))
      expect(references).toContain(`#/components/${kind}/${name}`)
})

describe('answers are as the document says', () => {
  const ajv = formats.default(new Ajv2020({ strict: false, allErrors: true }))
  ajv.addSchema(document, 'document')
  /** An answer must not have what the document does not know. */
  const closed = (schema: object) => ({ ...schema, unevaluatedProperties: false })

  beforeAll(async () => {
    await stored(server, 'x,t\n1.5,a\n2,\n')
  })

  test.each([
    ['GET', '/uploads', '/uploads', 200, undefined],
    ['GET', '/uploads/{id}', '/uploads/1', 200, undefined],
    ['GET', '/table', '/table', 200, undefined],
    ['GET', '/columns/{name}/sum', '/columns/none/sum', 200, undefined],
    ['GET', '/columns/{name}/stats', '/columns/x/stats', 200, undefined],
    ['POST', '/uploads', '/uploads', 201, 'x\n1\n'],
    ['POST', '/uploads', '/uploads', 422, 'x\n"1\n'],
    ['POST', '/query', '/query', 200, 'SELECT * FROM data'],
    ['PUT', '/uploads/{id}', '/uploads/1', 400, 'x\n1\n'],
    ['GET', '/uploads/{id}', '/uploads/99', 404, undefined],
    ['GET', '/columns/{name}/sum', '/columns/t/sum', 422, undefined],
    ['GET', '/uploads/{id}.csv', '/uploads/99.csv', 404, undefined],
  ])('%s %s: %s, %i', async (method, template, path, status, body) => {
    const answer = await ask(server, method, path, body === undefined ? {} : { body })
    expect(answer.status).toBe(status)
    const operation = operations.find(found => found.path === template && found.method === method)
    const response = operation?.responses[status]
    const { content = {} } = response?.$ref ? resolved(response.$ref) : (response ?? {})
    const [[type = '', { schema = {} } = {}] = []] = Object.entries<{ schema?: { $ref?: string } }>(content)
    expect(answer.headers['content-type']).toBe(type)
    const named = resolved(schema.$ref ?? '')
    const text = JSON.stringify(closed(named)).replaceAll('"#/', '"document#/')
    const validate = ajv.compile(JSON.parse(text))
    validate(JSON.parse(answer.text))
    expect(validate.errors).toBeNull()
  })
})
