/**
 * Logical ids and identifiers of patients. A patient here is a Patient ID and who issued it; the id of the Patient resource
 * is the two of them in FHIR's 64 characters (R4 2.24.0.1, `id`), so it needs no table and is the same after a rebuild.
 * Too long for that, it is a digest, which begins as no other id does.
 */
import { createHash } from 'node:crypto'

export interface PatientIdentity {
  readonly id: string
  /** '' when nobody is named. */
  readonly issuer: string
}

const LONGEST = 48
/** A first byte of UTF-8 never has all of its first six bits set, which is what `.` stands for. */
const DIGEST = '.'

const toId = (bytes: Buffer) => bytes.toString('base64url').replaceAll('_', '.')

export function patientResourceId({ id, issuer }: PatientIdentity): string {
  const whole = Buffer.from(`${issuer}|${id}`)
  if (whole.length <= LONGEST && !issuer.includes('|')) return toId(whole)
  return (
    DIGEST +
    toId(
      createHash('sha256')
        .update(JSON.stringify([issuer, id]))
        .digest(),
    )
  )
}

/** Whom an id stands for; `digest` when it has to be looked for; undefined when it is none of ours. */
export function readPatientResourceId(id: string): PatientIdentity | 'digest' | undefined {
  if (/^\.[A-Za-z0-9.-]{43}$/.test(id)) return 'digest'
  if (!/^[A-Za-z0-9.-]{1,64}$/.test(id)) return undefined
  const text = Buffer.from(id.replaceAll('.', '_'), 'base64url').toString()
  const at = text.indexOf('|')
  if (at < 0) return undefined
  const identity = { issuer: text.slice(0, at), id: text.slice(at + 1) }
  return identity.id !== '' && patientResourceId(identity) === id ? identity : undefined
}

const OID = /^[0-2](\.(0|[1-9]\d*))+$/
const ISSUER = 'urn:clearkeep:issuer:'

/** The system of identifiers of an issuer: its OID, or its name below a URN of ours; none without an issuer. */
export function systemOf(issuer: string): string | undefined {
  if (issuer === '') return undefined
  return OID.test(issuer) ? `urn:oid:${issuer}` : ISSUER + encodeURIComponent(issuer)
}

/** Undefined for a system that can be nobody's here. */
export function issuerOf(system: string): string | undefined {
  if (system === '') return ''
  if (system.startsWith('urn:oid:')) return system.slice('urn:oid:'.length)
  if (!system.startsWith(ISSUER)) return undefined
  try {
    return decodeURIComponent(system.slice(ISSUER.length))
  } catch {
    return undefined
  }
}
