/** `/api/audit`: what happened, in sentences. */
import type { z } from 'zod'
import { Audit, AuditAsk, type AuditEntry } from '../../api/audit.ts'
import type { Archive, AuditFound } from '../../archive/archive.ts'
import type { Json } from '../../base/canonical-json.ts'
import type { Control } from '../../compliance/control.ts'
import { uid } from '../../dicom/uid.ts'
import { sentenceOf, whoOf } from '../../ledger/sentence.ts'
import { type Route, route } from '../routes.ts'

export function auditRoutes(archive: Pick<Archive, 'audit'>, accounts: Control['accounts']): readonly Route[] {
  /** Leaves know pseudonyms only. A name no account has is taken for an AE title. */
  const actorOf = (who: string): string =>
    /^(u|ae|sys):/.test(who) ? who : (accounts.byName(who)?.id ?? `ae:${who.trim()}`)

  return [
    route({
      method: 'GET',
      url: '/api/audit',
      act: 'audit.see',
      says: 'What happened: by person or device, patient, study, type and time. Asking is itself an event.',
      query: AuditAsk,
      answers: [{ status: 200, says: 'A page of events, newest first.', shape: Audit }],
      handle: async ({ context, query }): Promise<z.infer<typeof Audit>> => {
        const { who, patient, study, type, from, until, before, limit } = query
        const { events, next } = await archive.audit(context, {
          limit,
          ...(who !== undefined && { actor: actorOf(who) }),
          ...(patient !== undefined && { patientId: patient }),
          ...(study !== undefined && { study: uid(study) }),
          ...(type !== undefined && { type }),
          ...(from !== undefined && { from }),
          ...(until !== undefined && { until }),
          ...(before !== undefined && { before }),
        })
        return { events: events.map(entryOf), next: next ?? null }
      },
    }),
  ]
}

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
