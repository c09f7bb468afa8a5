/**
 * Messages of the hospital's systems: each is a durable fact before it is acknowledged, with what follows from it.
 *
 * A message that comes again is answered as it was the first time, and nothing follows a second time. One that was
 * written before what the same sender said already changes nothing. What cannot be read or followed is kept all the same,
 * and waits for a person.
 */
import { createHash } from 'node:crypto'
import { canonicalJson } from '../../base/canonical-json.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { patientKey } from '../../ledger/subject.ts'
import type { Database } from '../../storage/sql/database.ts'
import type { MessagesTable, OrdersTable, PersonsTable } from '../../storage/sql/schema.ts'
import type { Acts } from '../acts.ts'
import { admit } from '../admit.ts'
import { column } from '../column.ts'
import type { Learn } from '../known/known.ts'
import { type Decided, decideIdentity, type Outcome } from '../persons/deciding.ts'
import { contradictions } from '../persons/facts.ts'
import type { IdentityChange, ReviewRow } from '../persons/person-rows.ts'
import { newestStudy, personOf } from '../persons/persons.queries.ts'
import { openGuard } from '../restrictions/guard.ts'
import { changed, isLate, type OrderChange, sameStep, type Teller } from './orders.ts'
import { countAttention, messageRow, messagesLike, ordersLike, personRow, someMessages } from './workflow.queries.ts'
import type { IncomingMessage, MessageAnswer, MessageView, PersonChange, RelationChange, Workflow } from './workflow.ts'
import {
  factText,
  LONGEST_FACT,
  type MessageFact,
  type OrderRow,
  type PersonRow,
  type SettleFact,
  told,
} from './workflow-rows.ts'

export function openMessages({
  db,
  acts,
  learn,
  inTurn,
}: {
  readonly db: Database
  readonly acts: Acts
  readonly learn: Learn
  /** What a message changes is read before it is journaled: no other step may come between. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
}): Pick<Workflow, 'takeMessage' | 'messages' | 'message' | 'settleMessage'> {
  /** What the message says of a person, over what is known; undefined when it came late. */
  const personAfter = async (change: PersonChange, teller: Teller): Promise<PersonRow | undefined> => {
    const key = column(patientKey(change.patient.issuer, change.patient.id))
    const row: PersonsTable | undefined = await personRow(db, key)
    if (isLate(row, teller)) return undefined
    return {
      patient_key: key,
      patient_id: column(change.patient.id),
      issuer: column(change.patient.issuer),
      name: column(change.name ?? row?.name ?? ''),
      birth_date: change.birthDate ?? row?.birth_date ?? '',
      sex: change.sex ?? row?.sex ?? '',
      told_by: column(teller.sender),
      told_at: teller.at,
    }
  }

  /** Do the images of a patient say otherwise who that is than is told now, and was not before? */
  const contradicted = async (row: PersonRow, by: string, at: string): Promise<readonly ReviewRow[]> => {
    const { patient_key: key, birth_date, sex } = row
    const before = await personRow(db, key)
    if (before?.birth_date === birth_date && before.sex === sex) return []
    const newest = await newestStudy(db, key, await personOf(db, key))
    if (newest === undefined) return []
    const told = { name: row.name, birthDate: birth_date, sex }
    const shown = { name: newest.patient_name, birthDate: newest.birth_date, sex: newest.sex }
    if (contradictions(told, shown).length === 0) return []
    return [
      { why: 'facts', kind: 'link', from_key: key, into_key: key, followed: 1, told_by: column(by), raised_at: at },
    ]
  }

  const ordersAfter = async (
    changes: readonly OrderChange[],
    patient: string,
    teller: Teller,
  ): Promise<{ readonly rows: readonly OrderRow[]; readonly late: number }> => {
    const rows = new Map<string, OrderRow>()
    const counts = new Map<string, number>()
    let late = 0
    for (const change of changes) {
      const accession = change.accession ?? ''
      const numbers = { placer: column(change.placer), filler: column(change.filler), accession: column(accession) }
      const number = change.placer || change.filler || accession
      const nth = counts.get(number) ?? 0
      counts.set(number, nth + 1)
      const known = (await ordersLike(db, numbers)).map((row) => ({ ...row, ...rows.get(row.order_key) }))
      const row = sameStep(known as readonly OrdersTable[], change, nth)
      if (isLate(row, teller)) late += 1
      else {
        const after = changed(row, change, patient, teller, nth)
        rows.set(after.order_key, after)
      }
    }
    return { rows: [...rows.values()], late }
  }

  /** Which IDs are one person after the message. */
  const identityAfter = async (
    changes: readonly RelationChange[],
    teller: Teller,
    { at, reason }: { readonly at: Date; readonly reason: string },
  ): Promise<Decided | undefined> => {
    if (changes.length === 0) return undefined
    const key = ({ issuer, id }: PersonChange['patient']) => column(patientKey(issuer, id))
    const statements = changes.map(({ op, from, into }) => ({ op, from: key(from), into: key(into) }))
    return decideIdentity(db, statements, { by: teller.sender, at: teller.at, came: at.toISOString(), reason })
  }

  const take = async (context: Context, message: IncomingMessage): Promise<MessageAnswer> => {
    const { sender, control, type, digest, asked, fault } = message
    const before = control === '' ? [] : await messagesLike(db, column(sender), column(control))
    const same = before.find((one) => one.digest === digest)
    if (same !== undefined) return { outcome: same.outcome, why: same.why, again: true }

    // Before the message is acknowledged: should it come again after a crash, nothing of it is new.
    for (const { patient: of, ...days } of asked?.contacts ?? [])
      await learn(context, column(patientKey(of.issuer, of.id)), days, `HL7 ${type} ${control} of ${sender}`)

    const at = context.now()
    const teller: Teller = { sender, at: message.at ?? at.getTime() * 1000 }
    const persons: PersonRow[] = []
    const doubts: ReviewRow[] = []
    const notes: string[] = []
    let patient = ''
    for (const change of asked?.persons ?? []) {
      patient ||= patientKey(change.patient.issuer, change.patient.id)
      const row = await personAfter(change, teller)
      if (row === undefined) notes.push('written before what is known of the patient')
      else {
        persons.push(row)
        doubts.push(...(await contradicted(row, sender, at.toISOString())))
      }
    }
    const orders = await ordersAfter(asked?.orders ?? [], patient, teller)
    if (orders.late > 0) notes.push('written before what is known of the order')
    const identity = await identityAfter(asked?.relations ?? [], teller, { at, reason: `HL7 ${type} ${control}` })
    for (const outcome of new Set(identity?.outcomes)) if (OUTCOMES[outcome] !== '') notes.push(OUTCOMES[outcome])
    if (before.length > 0) notes.push('its control ID was used before, for another message')

    const fact: MessageFact = {
      v: 1,
      op: 'message',
      at: at.toISOString(),
      address: context.client.address,
      sender,
      control,
      type,
      characterSet: message.characterSet,
      digest,
      raw: Buffer.from(message.raw).toString('base64'),
      outcome: fault?.code ?? 'AA',
      why: fault?.why ?? '',
      note: notes.join('; '),
      patient,
      accession: orders.rows[0]?.accession ?? message.accession ?? '',
      study: orders.rows[0]?.study_uid ?? message.study ?? '',
      persons,
      orders: orders.rows,
      ...withDoubts(identity?.change, doubts),
    }
    const text = factText(fact)
    if (Buffer.byteLength(text) > LONGEST_FACT) throw new ArchiveError('HL7_TOO_LONG', { most: LONGEST_FACT })
    const [event, action] = eventOf(fact)
    await acts.event(
      context,
      {
        type: event,
        action,
        outcome: fault === undefined ? 0 : 4,
        ...(patient !== '' && { patient }),
        ...(fact.study !== '' && { study: fact.study }),
        detail: {
          workflow: told('message', text),
          messageType: type,
          answer: fact.outcome,
          source: { sender, control },
          ...(fact.why !== '' && { why: fact.why }),
          ...(fact.accession !== '' && { accession: fact.accession }),
        },
      },
      'now',
      { type: 'message', text },
    )
    return { outcome: fact.outcome, why: fact.why, again: false }
  }

  const guard = openGuard({ db, acts })
  const aboutOf = (row: Pick<MessagesTable, 'study_uid' | 'patient_key'>) => ({
    studies: [row.study_uid],
    patients: [row.patient_key],
  })
  /** @throws {ArchiveError} `NOT_FOUND`, for one about somebody out of sight too */
  const shownRow = async (context: Context, id: number): Promise<MessagesTable> => {
    const row = await messageRow(db, id)
    const [shown] = row === undefined ? [] : await guard.rows(context, [row], aboutOf)
    if (shown === undefined) throw new ArchiveError('NOT_FOUND', { what: `message ${id}` })
    return shown
  }

  return {
    takeMessage: async (context, message) => {
      await admit(acts, context, 'message', { trusted: true })
      return inTurn(() => take(context, message))
    },
    messages: async (context, { attention = false, before, limit }) => {
      await admit(acts, context, 'messages.see')
      const rows = await someMessages(db, { attention, before, limit: limit + 1 })
      const query = attention ? 'messages that need attention' : 'messages'
      await acts.event(
        context,
        { type: 'aud.110112', action: 'E', outcome: 0, detail: { query, level: 'message', results: rows.length } },
        'soon',
      )
      const shown = await guard.rows(context, rows.slice(0, limit), aboutOf)
      return {
        messages: shown.map(view),
        next: rows.length > limit ? Number(rows[limit - 1]?.id) : undefined,
        attention: await countAttention(db),
      }
    },
    message: async (context, id) => {
      await admit(acts, context, 'messages.see')
      const row = await shownRow(context, id)
      await acts.event(
        context,
        {
          type: 'aud.110112',
          action: 'E',
          outcome: 0,
          ...(row.patient_key !== '' && { patient: row.patient_key }),
          detail: { query: `message ${id}`, level: 'message', results: 1 },
        },
        'now',
      )
      return { ...view(row), raw: Buffer.from(row.raw, 'base64') }
    },
    settleMessage: async (context, id, reason) => {
      await admit(acts, context, 'messages.settle')
      await inTurn(async () => {
        const row = await shownRow(context, id)
        if (Number(row.attention) !== 1) throw new ArchiveError('HL7_SETTLED', { message: id })
        const { principal } = context
        const by = principal.kind === 'device' ? `ae:${principal.aeTitle}` : principal.name
        const fact: SettleFact = { v: 1, op: 'settle', message: id, reason, by, at: context.now().toISOString() }
        const text = factText(fact)
        await acts.event(
          context,
          {
            type: 'msg.settle',
            action: 'U',
            outcome: 0,
            ...(row.patient_key !== '' && { patient: row.patient_key }),
            detail: { workflow: told('settle', text), message: id, reason },
          },
          'now',
          { type: 'message', text },
        )
      })
    },
  }
}

/** Left out where a message says nothing of who is one person, and leaves nothing in doubt. */
function withDoubts(change: IdentityChange | undefined, doubts: readonly ReviewRow[]): Pick<MessageFact, 'identity'> {
  if (change === undefined && doubts.length === 0) return {}
  const { relations = [], keys = [], reviews = [] } = change ?? {}
  return { identity: { relations, keys, reviews: [...reviews, ...doubts] } }
}

/** What is noted of a merge or link that a message told of. */
const OUTCOMES: Readonly<Record<Outcome, string>> = {
  followed: '',
  already: 'the patients were one already',
  late: 'written before what is known of the two patients',
  circle: 'not followed: the patient to be kept was itself merged into the other; it waits under Persons',
  elsewhere: 'not followed: the patient was merged into another one before; it waits under Persons',
}

/** PS3.15 A.5.3.13 and A.5.3.14, or a message that nothing follows from. */
function eventOf({
  outcome,
  persons,
  orders,
  identity,
}: MessageFact): ['aud.110109' | 'aud.110110' | 'msg.keep', 'C' | 'U'] {
  if (outcome === 'AA' && orders.length > 0) return ['aud.110109', 'U']
  return outcome === 'AA' && persons.length + (identity?.relations.length ?? 0) > 0
    ? ['aud.110110', 'U']
    : ['msg.keep', 'C']
}

function view(row: Omit<MessagesTable, 'raw'>): MessageView {
  return {
    id: Number(row.id),
    at: row.received_at,
    address: row.address,
    sender: row.sender,
    control: row.control_id,
    type: row.type,
    outcome: row.outcome,
    why: row.why,
    note: row.note,
    patient: row.patient_key,
    accession: row.accession,
    study: row.study_uid,
    characterSet: row.character_set,
    attention: Number(row.attention) === 1,
    settled: row.settled_at === '' ? undefined : { by: row.settled_by, at: row.settled_at, reason: row.settled_reason },
  }
}

/** The same for a message that is sent again, whatever its MSH says then but the type. */
export const messageDigest = (type: string, body: string): string =>
  createHash('sha256').update(canonicalJson({ type, body })).digest('hex')
