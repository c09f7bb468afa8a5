import { afterAll, describe, expect, it } from 'vitest'
import { memoryArchive, webDoor } from '../../test/support/web-door.ts'
import { ACCESS } from '../compliance/access.ts'

const door = await webDoor(memoryArchive())
afterAll(() => door.close())

interface Operation {
  readonly summary: string
  readonly 'x-act'?: string
  readonly parameters?: readonly { name: string; in: string; required: boolean }[]
  readonly requestBody?: { content: Record<string, { schema: unknown }> }
  readonly responses: Record<string, { description: string; content?: Record<string, object> }>
}

const response = await fetch(`${door.url}/api/openapi.json`)
const text = await response.text()
const document = JSON.parse(text) as { openapi: string; paths: Record<string, Record<string, Operation>> }
const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
  Object.entries(methods).map(([method, operation]) => [`${method.toUpperCase()} ${path}`, operation] as const),
)

describe('the OpenAPI description', () => {
  it('is version 3.1 and tells of DICOMweb and of our own API', () => {
    expect(document.openapi).toBe('3.1.0')
    const paths = Object.keys(document.paths)
    expect(paths).toContain('/dicom-web/studies/{study}/series/{series}/instances/{instance}/frames/{frames}')
    expect(paths).toContain('/api/instances/{study}/{series}/{instance}/original')
    expect(document.paths['/dicom-web/studies']).toHaveProperty('get')
    expect(document.paths['/dicom-web/studies']).toHaveProperty('post')
  })

  it.each(operations)('%s says what it does, takes and answers', (name, operation) => {
    expect(operation.summary).toMatch(/^[A-Z].*\.$|^[A-Z].*\?$/)
    const inPath = [...name.matchAll(/\{(\w+)\}/g)].map(([, parameter]) => parameter)
    const declared = (operation.parameters ?? []).filter((parameter) => parameter.in === 'path')
    expect(declared.map((parameter) => parameter.name)).toEqual(inPath)
    expect(Object.keys(operation.responses)).toContain('default')
    // A page, data, or the way to a login provider.
    expect(Object.keys(operation.responses).some((status) => /^(20\d|303)$/.test(status))).toBe(true)
    for (const { description } of Object.values(operation.responses)) expect(description).toMatch(/\w/)
    for (const { schema } of Object.values(operation.requestBody?.content ?? {})) expect(schema).toBeTypeOf('object')
    const act = operation['x-act']
    if (act !== undefined) expect([...Object.keys(ACCESS), 'account']).toContain(act)
  })

  it('refers only to what it holds, and can be read by machines that know one schema dialect', () => {
    for (const [, reference = ''] of text.matchAll(/"\$ref":"#\/([^"]+)"/g)) {
      let at: unknown = document
      for (const step of reference.split('/')) at = (at as Record<string, unknown>)[step]
      expect(at, reference).toBeTypeOf('object')
    }
    expect(text).not.toContain('"$schema"')
  })

  it('gives query parameters with their limits', () => {
    const worklist = document.paths['/api/studies']?.['get']
    expect(worklist?.parameters).toEqual(
      expect.arrayContaining([
        { name: 'limit', in: 'query', required: false, schema: expect.objectContaining({ maximum: 500 }) },
      ]),
    )
  })
})
