/**
 * `/fhir/AuditEvent`: the audit log for programs that speak FHIR R4 (IHE ITI-81, BALP): the same question, the same act and
 * the same leaf as the audit page. Read only: events come from acts.
 */
import { z } from 'zod'
import type { Archive, AuditFound } from '../../archive/archive.ts'
import { ArchiveError } from '../../base/errors.ts'
import type { Control } from '../../compliance/control.ts'
import { type AuditEvent, auditEvent } from '../../ledger/audit/fhir.ts'
import { type AuditSource, auditMessage } from '../../ledger/audit/message.ts'
import type { Body } from '../../ledger/audit/values.ts'
import { sentenceOf } from '../../ledger/sentence.ts'
import { actorNamed } from '../actor.ts'
import { type Ask, type Route, route } from '../routes.ts'
import { capabilityStatement } from './capability.ts'
import { FHIR_JSON } from './outcome.ts'
import { AuditEventSearch, auditQuery } from './search.ts'

export interface AuditEventParts {
  readonly archive: Pick<Archive, 'audit'>
  readonly accounts: Control['accounts']
  readonly source: AuditSource
  readonly version: string
}

const TYPES = ['application/fhir+json']

export function auditEventRoutes({ archive, accounts, source, version }: AuditEventParts): readonly Route[] {
  const actorOf = actorNamed(accounts)

  const project = ({ n, body: text }: AuditFound): AuditEvent => {
    const body = JSON.parse(text) as Body
    return auditEvent(auditMessage({ n, body }, source), sentenceOf(body))
  }

  return [
    route({
      method: 'GET',
      url: '/fhir/metadata',
      act: 'anyone',
      says: 'What this FHIR R4 server can do: its CapabilityStatement.',
      answers: [{ status: 200, says: 'The CapabilityStatement.', types: TYPES }],
      handle: async ({ request }, reply) =>
        reply.type(FHIR_JSON).send(JSON.stringify(capabilityStatement(baseOf(request), version))),
    }),
    route({
      method: 'GET',
      url: '/fhir/AuditEvent',
      act: 'audit.see',
      says: 'What happened, as FHIR R4 AuditEvents, newest first (IHE ITI-81). Asking is itself an event.',
      query: AuditEventSearch,
      answers: [
        { status: 200, says: 'A Bundle (searchset) with one page, and a link to the next.', types: TYPES },
        { status: 400, says: 'A parameter is not one of the CapabilityStatement: an OperationOutcome.', types: TYPES },
      ],
      handle: async ({ context, query, request }, reply) => {
        const { events, next } = await archive.audit(context, auditQuery(query, actorOf, project))
        const base = baseOf(request)
        const entry = events.map(project).map((resource) => ({
          fullUrl: `${base}/AuditEvent/${resource.id}`,
          resource,
          search: { mode: 'match' },
        }))
        const link = [{ relation: 'self', url: linkTo(base, request.url) }]
        if (next !== undefined) link.push({ relation: 'next', url: linkTo(base, request.url, next) })
        const bundle = { resourceType: 'Bundle', type: 'searchset', link, ...(entry.length > 0 && { entry }) }
        return reply.type(FHIR_JSON).send(JSON.stringify(bundle))
      },
    }),
    route({
      method: 'GET',
      url: '/fhir/AuditEvent/:id',
      act: 'audit.see',
      says: 'One event, by its ledger number. Asking is itself an event.',
      query: z.strictObject({ _format: AuditEventSearch.shape._format }),
      answers: [
        { status: 200, says: 'The AuditEvent.', types: TYPES },
        { status: 404, says: 'There is none: an OperationOutcome.', types: TYPES },
      ],
      handle: async ({ context, params }, reply) => {
        const id = params['id'] ?? ''
        const n = /^(0|[1-9]\d{0,14})$/.test(id) ? Number(id) : undefined
        const { events } = n === undefined ? { events: [] } : await archive.audit(context, { before: n + 1, limit: 1 })
        const [event] = events
        if (event === undefined || event.n !== n) throw new ArchiveError('NOT_FOUND', { what: 'such AuditEvent' })
        return reply.type(FHIR_JSON).send(JSON.stringify(project(event)))
      },
    }),
  ]
}

/** As the asker reached us. */
const baseOf = (request: Ask['request']): string => `${request.protocol}://${request.host}/fhir`

function linkTo(base: string, asked: string, before?: number): string {
  const url = new URL(asked, base)
  if (before !== undefined) url.searchParams.set('before', String(before))
  return `${base}/AuditEvent${url.search}`
}
