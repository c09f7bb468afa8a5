/** `/api/audit`: what happened, in sentences; `/api/audit.csv`: the same as a table. */
import { Readable } from 'node:stream'
import type { z } from 'zod'
import { Audit, AuditAsk, type AuditEntry } from '../../api/audit.ts'
import type { Archive, AuditAnswer, AuditFound, AuditQuery } from '../../archive/archive.ts'
import type { Json } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { csvLine } from '../../base/csv.ts'
import type { Control } from '../../compliance/control.ts'
import { uid } from '../../dicom/uid.ts'
import { sentenceOf, whoOf } from '../../ledger/sentence.ts'
import { actorNamed } from '../actor.ts'
import { type Route, route } from '../routes.ts'

export function auditRoutes(archive: Pick<Archive, 'audit'>, accounts: Control['accounts']): readonly Route[] {
  const actorOf = actorNamed(accounts)

  const asked = ({
    who,
    patient,
    study,
    type,
    purpose,
    from,
    until,
    before,
    limit,
  }: z.output<typeof AuditAsk>): AuditQuery => ({
    limit,
    ...(who !== undefined && { actor: actorOf(who) }),
    ...(patient !== undefined && { patientId: patient }),
    ...(study !== undefined && { study: uid(study) }),
    ...(type !== undefined && { type }),
    ...(purpose !== undefined && { purpose }),
    ...(from !== undefined && { from }),
    ...(until !== undefined && { until }),
    ...(before !== undefined && { before }),
  })

  /** Every event that fits; each page is journaled before its rows are given out. */
  async function* lines(context: Context, query: AuditQuery, first: AuditAnswer): AsyncGenerator<string> {
    yield csvLine(COLUMNS)
    for (let page = first; ; ) {
      yield page.events.map((event) => csvLine(cells(entryOf(event)))).join('')
      if (page.next === undefined) return
      page = await archive.audit(context, { ...query, before: page.next })
    }
  }

  return [
    route({
      method: 'GET',
      url: '/api/audit',
      act: 'audit.see',
      says: 'What happened: by person or device, patient, study, type, purpose and time. Asking is itself an event.',
      query: AuditAsk,
      answers: [{ status: 200, says: 'A page of events, newest first.', shape: Audit }],
      handle: async ({ context, query }): Promise<z.infer<typeof Audit>> => {
        const { events, next } = await archive.audit(context, asked(query))
        return { events: events.map(entryOf), next: next ?? null }
      },
    }),
    route({
      method: 'GET',
      url: '/api/audit.csv',
      act: 'audit.see',
      says: 'The same as a table, all of it. Each page of it is an event.',
      query: AuditAsk.omit({ limit: true, before: true }),
      answers: [{ status: 200, says: 'CSV (RFC 4180), newest first.', types: ['text/csv'] }],
      handle: async ({ context, query }, reply) => {
        const page = asked({ ...query, limit: CSV_PAGE })
        const first = await archive.audit(context, page)
        return reply
          .type('text/csv; charset=utf-8')
          .header('content-disposition', 'attachment; filename="audit.csv"')
          .send(Readable.from(lines(context, page, first)))
      },
    }),
  ]
}

const CSV_PAGE = 500
const COLUMNS = [
  'n',
  'ts',
  'type',
  'action',
  'outcome',
  'who',
  'actor',
  'issuer',
  'patientId',
  'study',
  'sentence',
] as const satisfies readonly (keyof AuditEntry)[]
const cells = (entry: AuditEntry) => COLUMNS.map((column) => entry[column])

function entryOf({ n, ts, type, actor, body }: AuditFound): AuditEntry {
  const said = JSON.parse(body) as { readonly [key: string]: Json | undefined }
  const patient = said['patient'] as { readonly idRef: string; readonly issuer: string } | undefined
  return {
    n,
    ts,
    type,
    action: String(said['action']),
    outcome: Number(said['outcome']),
    who: whoOf(said),
    actor,
    study: String(said['study'] ?? ''),
    patientId: patient?.idRef ?? '',
    issuer: patient?.issuer ?? '',
    sentence: sentenceOf(said),
  }
}
