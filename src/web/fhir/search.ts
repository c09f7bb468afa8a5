/**
 * Search parameters of AuditEvent (FHIR R4, IHE ITI-81) as a question to the audit log. What is not in the table is refused,
 * not passed over: a filter that is left out answers another question, and an auditor would not see which.
 */
import { z } from 'zod'
import type { AuditFound, AuditQuery } from '../../archive/archive.ts'
import type { Json } from '../../base/canonical-json.ts'
import { uid } from '../../dicom/uid.ts'
import { typesThatAre } from '../../ledger/audit/acts.ts'
import type { AuditEvent, Coding } from '../../ledger/audit/fhir.ts'
import { FORMATS, span, type Token, tokens, value, values, wrong } from './parameters.ts'

/** Names, their FHIR types, and what each asks for; the CapabilityStatement is written from it. */
export const PARAMETERS = {
  date: { type: 'date', says: 'When it was recorded; with ge, gt, le, lt, sa, eb or eq.' },
  agent: { type: 'reference', says: 'Who did it: login name, AE title or pseudonym.' },
  'agent.identifier': { type: 'token', says: 'As agent.' },
  'agent-name': { type: 'string', says: 'As agent, the whole name.' },
  altid: { type: 'token', says: 'As agent, by pseudonym.' },
  patient: { type: 'reference', says: 'Patient ID, whoever issued it; a leading Patient/ is passed over.' },
  'patient.identifier': { type: 'token', says: 'As patient, without a system.' },
  entity: { type: 'reference', says: 'Study Instance UID.' },
  'entity.identifier': { type: 'token', says: 'As entity; urn:dicom:uid|urn:oid:UID too.' },
  type: { type: 'token', says: 'Codes of CID 400, such as 110104.' },
  subtype: { type: 'token', says: 'Codes of CID 401 and 403, and what BALP says of an interaction.' },
  action: { type: 'token', says: 'C, R, U, D, E.' },
  outcome: { type: 'token', says: '0, 4, 8, 12.' },
} as const satisfies Record<string, { readonly type: string; readonly says: string }>

export const AuditEventSearch = z.strictObject({
  date: values.optional(),
  agent: value.optional(),
  'agent.identifier': value.optional(),
  'agent-name': value.optional(),
  altid: value.optional(),
  patient: value.optional(),
  'patient.identifier': value.optional(),
  'patient:identifier': value.optional(),
  entity: value.optional(),
  'entity.identifier': value.optional(),
  'entity:identifier': value.optional(),
  type: value.optional(),
  subtype: value.optional(),
  action: value.optional(),
  outcome: value.optional(),
  _count: z.coerce.number().int().min(1).max(500).default(100),
  /** The only order there is. */
  _sort: z.literal('-date').optional(),
  _format: FORMATS,
  /** Only events before this ledger number: stands in the `next` links. */
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})
export type AuditEventSearch = z.output<typeof AuditEventSearch>

/**
 * @param actorOf  the pseudonym of a name
 * @param project  an event as FHIR has it
 * @throws {ArchiveError} `BAD_REQUEST`, `DICOM_INVALID_UID`
 */
export function auditQuery(
  search: AuditEventSearch,
  actorOf: (who: string) => string,
  project: (event: AuditFound) => AuditEvent,
): AuditQuery {
  const who = one(search, ['agent', 'agent.identifier', 'agent-name', 'altid'])
  const patient = one(search, ['patient', 'patient.identifier', 'patient:identifier'])
  const study = one(search, ['entity', 'entity.identifier', 'entity:identifier'])
  const { from, until } = span(search.date === undefined ? [] : [search.date].flat())
  const types = tokens(search.type)
  const fits = [
    types.length === 0 ? undefined : (event: AuditEvent) => types.some(matches([event.type])),
    sifting(search.subtype, ({ subtype = [] }) => subtype),
    sifting(search.action, ({ action }) => [{ code: action }]),
    sifting(search.outcome, ({ outcome }) => [{ code: outcome }]),
  ].filter((test) => test !== undefined)
  return {
    limit: search._count,
    ...(who !== undefined && { actor: actorOf(withoutSystem(who)) }),
    ...(patient !== undefined && { patientId: withoutSystem(patient).replace(/^Patient\//, '') }),
    ...(study !== undefined && { study: uid(study.replace(/^urn:dicom:uid\|/, '').replace(/^urn:oid:/, '')) }),
    ...(types.length > 0 && { types: [...new Set(types.flatMap(({ code }) => typesThatAre(code)))] }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(search.before !== undefined && { before: search.before }),
    ...(fits.length > 0 && {
      fits: {
        asked: asked(search),
        test: (found: AuditFound) => {
          const event = project(found)
          return fits.every((test) => test(event))
        },
      },
    }),
  }
}

const asked = ({ type, subtype, action, outcome }: AuditEventSearch): Json => ({ type, subtype, action, outcome })

/** The one of several names for the same thing that is given. */
function one(search: AuditEventSearch, names: readonly (keyof AuditEventSearch)[]): string | undefined {
  const given = names.flatMap((name) => (search[name] === undefined ? [] : [String(search[name])]))
  if (given.length > 1) throw wrong(`${names.join(' and ')} are the same question`)
  return given[0]
}

/** @throws {ArchiveError} `BAD_REQUEST` for a token with a system: identifiers here have none */
function withoutSystem(token: string): string {
  if (/^[^|]+\|/.test(token)) throw wrong('identifiers of agents and patients have no system here')
  return token.replace(/^\|/, '')
}

const matches =
  (codings: readonly Coding[]) =>
  ({ system, code }: Token): boolean =>
    codings.some((coding) => coding.code === code && (system === undefined || system === (coding.system ?? '')))

function sifting(
  text: string | undefined,
  codingsOf: (event: AuditEvent) => readonly Coding[],
): ((event: AuditEvent) => boolean) | undefined {
  const wanted = tokens(text)
  return wanted.length === 0 ? undefined : (event) => wanted.some(matches(codingsOf(event)))
}
