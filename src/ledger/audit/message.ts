/**
 * From a canonical event to a DICOM audit message (PS3.15 A.5), as a value: `xml.ts` writes it for syslog. Pure, and made from
 * the event's body alone but for the patient of its study, whom some acts do not name.
 *
 * What a message must name and the act does not know stands as `<none>`.
 */
import { type Action, actOf, MESSAGES } from './acts.ts'
import { type Coded, EVENT_ID, EVENT_TYPE } from './codes.ts'
import { objectsOf } from './objects.ts'
import { participantsOf } from './participants.ts'
import { type Body, text } from './values.ts'

/** An event as the ledger keeps it. */
export interface AuditedEvent {
  readonly n: number
  /** The body, parsed. */
  readonly body: Body
  /** Of the study, when the body does not say. */
  readonly patient?: { readonly id: string; readonly issuer: string } | undefined
}

/** Who writes the messages. */
export interface AuditSource {
  /** AuditSourceID: this archive’s name among all that report to a repository. */
  readonly id: string
  /** AuditEnterpriseSiteID; '' for none. */
  readonly site: string
  readonly aeTitle: string
  /** The machine’s name. */
  readonly host: string
}

export interface Participant {
  readonly userId: string
  readonly alternativeUserId?: string
  readonly userName?: string
  readonly requestor: boolean
  readonly person: boolean
  readonly roles: readonly Coded[]
  readonly mediaType?: Coded
  readonly accessPoint?: { readonly type: 1 | 2 | 5; readonly id: string }
}

export interface ParticipantObject {
  readonly type: 1 | 2
  readonly role: number
  readonly lifeCycle?: number
  readonly idType: Coded
  readonly id: string
  /** Who issued a patient's number, when that is known. */
  readonly issuer?: string
  readonly name?: string
  readonly query?: string
  readonly details: readonly (readonly [type: string, value: string])[]
  readonly accession?: string
  readonly sopClasses?: readonly {
    readonly uid: string
    readonly number?: number
    readonly instances: readonly string[]
  }[]
}

export interface AuditMessage {
  readonly n: number
  readonly id: Coded
  readonly types: readonly Coded[]
  readonly action: Action
  readonly time: string
  readonly outcome: number
  readonly outcomeText: string
  readonly participants: readonly Participant[]
  readonly source: AuditSource
  readonly objects: readonly ParticipantObject[]
}

export function auditMessage(event: AuditedEvent, source: AuditSource): AuditMessage {
  const { body, n } = event
  const act = actOf(body)
  const outcome = [0, 4, 8, 12].includes(Number(body['outcome'])) ? Number(body['outcome']) : 0
  return {
    n,
    id: EVENT_ID[act.id],
    types: act.type === undefined ? [] : [typeof act.type === 'object' ? act.type : EVENT_TYPE[act.type]],
    action: MESSAGES[act.id].action ?? act.action ?? actionOf(body),
    time: text(body['ts']),
    outcome,
    outcomeText: outcome === 0 ? '' : text(body['why']) || text(body['because']) || text(body['alert']),
    participants: participantsOf(act, body, source),
    source,
    objects: objectsOf(act, event, source),
  }
}

const actionOf = (body: Body): Action => {
  const action = text(body['action'])
  return /^[CRUDE]$/.test(action) ? (action as Action) : 'E'
}
