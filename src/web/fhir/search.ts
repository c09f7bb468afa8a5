/**
 * Search parameters of AuditEvent (FHIR R4, IHE ITI-81) as a question to the audit log. What is not in the table is refused,
 * not passed over: a filter that is left out answers another question, and an auditor would not see which.
 */
import { z } from 'zod'
import type { AuditFound, AuditQuery } from '../../archive/archive.ts'
import type { Json } from '../../base/canonical-json.ts'
import { ArchiveError } from '../../base/errors.ts'
import { uid } from '../../dicom/uid.ts'
import { typesThatAre } from '../../ledger/audit/acts.ts'
import type { AuditEvent, Coding } from '../../ledger/audit/fhir.ts'

const value = z.string().min(1).max(400)
/** May be repeated: all must be true. */
const values = z.union([value, z.array(value).max(4)])

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
  _format: z.enum(['json', 'application/json', 'application/fhir+json']).optional(),
  /** Only events before this ledger number: stands in the `next` links. */
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
})
export type AuditEventSearch = z.output<typeof AuditEventSearch>

const wrong = (why: string) => new ArchiveError('BAD_REQUEST', { why })

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

interface Token {
  readonly system: string | undefined
  readonly code: string
}

/** FHIR R4 3.1.1.4.10: `code`, `system|code`, `|code`; several by commas. */
const tokens = (text: string | undefined): readonly Token[] =>
  (text?.split(',') ?? []).map((token) => {
    const at = token.indexOf('|')
    return at < 0 ? { system: undefined, code: token } : { system: token.slice(0, at), code: token.slice(at + 1) }
  })

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

// --- dates --------------------------------------------------------------------------------

/** FHIR R4 2.24.0.1: as precise as it is written. */
const DATE =
  /^(eq|ge|gt|le|lt|sa|eb)?(\d{4})(?:-(\d\d)(?:-(\d\d)(?:T(\d\d):(\d\d)(?::(\d\d)(\.\d{1,9})?)?(Z|[+-]\d\d:\d\d))?)?)?$/

/** All must hold: the span they leave; the end is the first moment not asked for. */
function span(dates: readonly string[]): { readonly from?: string; readonly until?: string } {
  let [from, until] = [Number.NEGATIVE_INFINITY, Number.POSITIVE_INFINITY]
  for (const date of dates) {
    const { prefix, start, end } = readDate(date)
    if (prefix === 'eq' || prefix === 'ge') from = Math.max(from, start)
    if (prefix === 'gt' || prefix === 'sa') from = Math.max(from, end)
    if (prefix === 'eq' || prefix === 'le') until = Math.min(until, end)
    if (prefix === 'lt' || prefix === 'eb') until = Math.min(until, start)
  }
  return {
    ...(from > Number.NEGATIVE_INFINITY && { from: new Date(from).toISOString() }),
    ...(until < Number.POSITIVE_INFINITY && { until: new Date(until).toISOString() }),
  }
}

function readDate(text: string): { readonly prefix: string; readonly start: number; readonly end: number } {
  const parts = DATE.exec(text)
  if (parts === null) throw wrong('date is not one of FHIR, with a zone when it has a time')
  const [, prefix = 'eq', year = '', month, day, hour, minute, second, fraction, zone = 'Z'] = parts
  const start = Date.parse(
    `${year}-${month ?? '01'}-${day ?? '01'}T${hour ?? '00'}:${minute ?? '00'}:${second ?? '00'}${(fraction ?? '').slice(0, 4)}${zone}`,
  )
  if (Number.isNaN(start)) throw wrong('there is no such date')
  const at = new Date(start)
  const next = (years: number, months: number) => Date.UTC(at.getUTCFullYear() + years, at.getUTCMonth() + months, 1)
  if (month === undefined) return { prefix, start, end: next(1, 0) }
  if (day === undefined) return { prefix, start, end: next(0, 1) }
  const length = hour === undefined ? 86_400_000 : second === undefined ? 60_000 : fraction === undefined ? 1000 : 1
  return { prefix, start, end: start + length }
}
