/** `GET /api/audit`: what happened, newest first. */
import { z } from 'zod'

/** Types of events that can be asked for (compliance specification 4.2). */
export const AUDIT_TYPES = [
  'log.open',
  'obj.ingest',
  'obj.receipt',
  'obj.conflict',
  'obj.refuse',
  'aud.110100',
  'aud.110101',
  'aud.110103',
  'aud.110104',
  'aud.110106',
  'aud.110112',
  'aud.110113',
  'aud.110114',
  'heartbeat',
  'study.seal',
  'obj.reject',
  'obj.restore',
  'disp.candidate',
  'disp.approve',
  'disp.cancel',
  'tombstone',
  'disp.destroy',
  'hold.place',
  'hold.ask',
  'hold.keep',
  'hold.release',
  'access.restrict',
  'access.lift',
  'access.break',
  'access.end',
  'access.opened',
  'access.review',
  'log.erase.propose',
  'log.erase.approve',
  'log.erase.end',
  'log.erase',
  'log.erase.done',
  'cfg.change',
  'acl.change',
  'aud.110109',
  'aud.110110',
  'aud.110111',
  'study.damage',
  'study.repair',
  'copy.state',
  'fixity.pass',
  'rules.propose',
  'rules.approve',
  'rules.activate',
  'rules.end',
  'retention.set',
  'retention.reduceProposed',
  'retention.reduceApproved',
  'retention.reduce',
  'retention.reduceEnded',
  'erasure.request',
  'erasure.answer',
  'msg.keep',
  'msg.settle',
  'pat.merge',
  'pat.unmerge',
  'pat.link',
  'pat.unlink',
  'mig.begin',
  'mig.report',
  'pat.settle',
  'lookout.save',
  'lookout.stop',
  'lookout.warn',
  'lookout.settle',
] as const

export const AuditAsk = z.object({
  /** Login name, AE title, or pseudonym (`u:…`, `ae:…`, `sys:…`). */
  who: z.string().min(1).max(200).optional(),
  /** Patient ID, whoever issued it. */
  patient: z.string().min(1).max(200).optional(),
  study: z.string().min(1).max(64).optional(),
  type: z.enum(AUDIT_TYPES).optional(),
  /** HL7 ActReason: only what was done in an emergency. */
  purpose: z.enum(['BTG']).optional(),
  from: z.iso.datetime({ precision: 3 }).optional(),
  /** The first moment that is not asked for any more. */
  until: z.iso.datetime({ precision: 3 }).optional(),
  /** Only leaves before this ledger number: `next` of the page before. */
  before: z.coerce.number().int().min(0).max(Number.MAX_SAFE_INTEGER).optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
})

export const AuditEntry = z.object({
  /** Ledger number: its proof is at `/api/log/proof/{n}`. */
  n: z.number(),
  ts: z.string(),
  type: z.string(),
  action: z.string(),
  /** 0 success, 4 minor, 8 serious, 12 major failure (PS3.15 A.5.2). */
  outcome: z.number(),
  who: z.string(),
  actor: z.string(),
  study: z.string(),
  patientId: z.string(),
  issuer: z.string(),
  sentence: z.string(),
})
export type AuditEntry = z.infer<typeof AuditEntry>

export const Audit = z.object({ events: z.array(AuditEntry), next: z.number().nullable() })
export type Audit = z.infer<typeof Audit>
