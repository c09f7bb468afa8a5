/**
 * RFC 8785 (JCS) for the values our leaves and bodies hold: objects, arrays, strings, booleans, null and integers
 * below 2^53. Floats are refused, since a ledger that must be recomputed in forty years has no use for them.
 */
import { ArchiveError } from './errors.ts'

export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json | undefined }

/** Canonical text; members whose value is undefined are left out; strings are made NFC. */
export function canonicalJson(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'string') return JSON.stringify(value.normalize('NFC'))
  if (typeof value === 'number') {
    if (!Number.isSafeInteger(value)) throw new ArchiveError('DEFECT', { what: `canonical JSON of ${value}` })
    return String(value)
  }
  if (Array.isArray(value)) return `[${value.map((item) => canonicalJson(item as Json)).join(',')}]`
  const object = value as { readonly [key: string]: Json | undefined }
  const members = Object.keys(object)
    .filter((key) => object[key] !== undefined)
    .map((key) => [key.normalize('NFC'), object[key] as Json] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1)) // JavaScript compares UTF-16 code units, as RFC 8785 section 3.2.3 asks
    .map(([key, member]) => `${JSON.stringify(key)}:${canonicalJson(member)}`)
  return `{${members.join(',')}}`
}
