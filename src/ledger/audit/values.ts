/** Members of an event's body, whatever it holds: a body of another age must not stop the projection. */
import type { Json } from '../../base/canonical-json.ts'

export type Body = { readonly [key: string]: Json | undefined }

export const object = (value: Json | undefined): Body =>
  typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Body) : {}
export const list = (value: Json | undefined): readonly Json[] => (Array.isArray(value) ? value : [])
export const text = (value: Json | undefined): string =>
  typeof value === 'string' || typeof value === 'number' ? String(value) : ''

/** Stands where a message must name what the act does not know. */
export const NONE = '<none>'
