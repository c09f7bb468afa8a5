/**
 * The OpenAPI 3.1 document, written from the tables of routes and the shapes they name.
 */
import { z } from 'zod'
import { Problem } from '../api/admin.ts'
import type { Route } from './routes.ts'

type JsonObject = Record<string, unknown>

const schemaOf = (shape: z.ZodType, io: 'input' | 'output'): JsonObject => {
  const { $schema: _, ...schema } = z.toJSONSchema(shape, {
    target: 'draft-2020-12',
    io,
    unrepresentable: 'any',
  }) as JsonObject
  return schema
}

const JSON_TYPE = 'application/json'

export function openApi(routes: readonly Route[], version: string): JsonObject {
  const paths: Record<string, JsonObject> = {}
  for (const each of routes) {
    const path = each.url.replace(/:(\w+)/g, '{$1}').replace(/\*$/, '{path}')
    paths[path] = { ...paths[path], [each.method.toLowerCase()]: operationOf(each, path) }
  }
  return {
    openapi: '3.1.0',
    info: {
      title: 'Clearkeep',
      version,
      description:
        'DICOMweb (PS3.18) under /dicom-web, studies, patients and the audit log by FHIR R4 under /fhir, our own API under /api. Send an API token as `Authorization: Bearer …`.',
      license: { name: 'Apache-2.0', identifier: 'Apache-2.0' },
    },
    servers: [{ url: '/' }],
    security: [{ token: [] }, { session: [] }],
    paths,
    components: {
      schemas: { Problem: schemaOf(Problem, 'output') },
      securitySchemes: {
        token: { type: 'http', scheme: 'bearer' },
        session: { type: 'apiKey', in: 'cookie', name: 'clearkeep' },
      },
    },
  }
}

function operationOf(each: Route, path: string): JsonObject {
  const parameters = [
    ...[...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => ({
      name,
      in: 'path',
      required: true,
      schema: { type: 'string' },
    })),
    ...queryParameters(each.query),
  ]
  const content =
    each.body === undefined
      ? each.streams?.map((type) => [type, { schema: { type: 'string', format: 'binary' } }] as const)
      : [[JSON_TYPE, { schema: schemaOf(each.body, 'input') }] as const]
  const problem = {
    description: 'A failure.',
    content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } },
  }
  return {
    summary: each.says,
    ...(each.act === 'anyone' ? { security: [] } : { 'x-act': each.act }),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(content === undefined ? {} : { requestBody: { required: true, content: Object.fromEntries(content) } }),
    responses: {
      ...Object.fromEntries(each.answers.map((answer) => [String(answer.status), answerOf(answer)])),
      default: problem,
    },
  }
}

function answerOf({ says, shape, types, status }: Route['answers'][number]): JsonObject {
  const content =
    shape === undefined
      ? (types ?? []).map((type) => [type, {}] as const)
      : [[JSON_TYPE, { schema: schemaOf(shape, 'output') }] as const]
  if (content.length > 0) return { description: says, content: Object.fromEntries(content) }
  const problem =
    status >= 400 ? { content: { [JSON_TYPE]: { schema: { $ref: '#/components/schemas/Problem' } } } } : {}
  return { description: says, ...problem }
}

function queryParameters(query: z.ZodType | undefined): JsonObject[] {
  if (query === undefined) return []
  const { properties = {}, required = [] } = schemaOf(query, 'input') as {
    properties?: Record<string, JsonObject>
    required?: string[]
  }
  return Object.entries(properties).map(([name, schema]) => ({
    name,
    in: 'query',
    required: required.includes(name),
    schema,
  }))
}
