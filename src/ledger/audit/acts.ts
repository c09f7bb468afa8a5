/**
 * Which DICOM audit message each act is. MESSAGES lies beside PS3.15 A.5.3: who takes part in each message, what it is
 * about. ACTS says which of them each type of event is. Add an event, add a row.
 */
import type { EventType } from '../event.ts'
import {
  type Coded,
  EVENT_ID,
  EVENT_TYPE,
  type EventId,
  type EventTypeCode,
  INTEGRITY,
  LIFE_CYCLE,
  type RoleId,
} from './codes.ts'
import { type Body, text } from './values.ts'

export type Action = 'C' | 'R' | 'U' | 'D' | 'E'

export type About = 'log' | 'studies' | 'patient' | 'query' | 'alert'

/** Somebody who takes part: who asked, this archive, who receives, or a medium; with which role, and as requestor or not. */
export type Line = readonly [who: 'asker' | 'archive' | 'receiver' | 'media', role: RoleId | 'own', requestor: boolean]

interface Message {
  /** A.5.3.N. */
  readonly section: number
  /** EventActionCode, where the table prints one value. */
  readonly action?: Action
  readonly cast: readonly Line[]
  readonly about: readonly About[]
}

const alone: readonly Line[] = [['asker', 'own', true]]
const sent: readonly Line[] = [
  ['asker', 'own', true],
  ['archive', '110153', false],
  ['receiver', '110152', false],
]

/** PS3.15 A.5.3: who takes part in each message, and what it is about. */
export const MESSAGES: Readonly<Record<EventId, Message>> = {
  '110100': {
    section: 1,
    action: 'E',
    cast: [
      ['archive', '110150', false],
      ['asker', '110151', true],
    ],
    about: [],
  },
  '110101': { section: 2, action: 'R', cast: alone, about: ['log'] },
  '110102': { section: 3, action: 'E', cast: sent, about: ['studies', 'patient'] },
  '110106': {
    section: 4,
    action: 'R',
    cast: [
      ['asker', '110153', true],
      ['media', '110154', false],
    ],
    about: ['studies', 'patient'],
  },
  '110107': {
    section: 5,
    action: 'C',
    cast: [
      ['asker', '110152', true],
      ['archive', '110152', false],
      ['media', '110155', false],
    ],
    about: ['studies', 'patient'],
  },
  '110103': { section: 6, cast: alone, about: ['studies', 'patient'] },
  '110104': { section: 7, cast: sent, about: ['studies', 'patient'] },
  '110105': { section: 8, action: 'D', cast: alone, about: ['studies', 'patient'] },
  '110108': { section: 9, action: 'E', cast: [['asker', 'own', false]], about: [] },
  '110112': {
    section: 10,
    action: 'E',
    cast: [
      ['asker', '110153', true],
      ['archive', '110152', false],
    ],
    about: ['query'],
  },
  '110113': {
    section: 11,
    action: 'E',
    cast: [
      ['archive', 'own', true],
      ['asker', 'own', false],
    ],
    about: ['alert'],
  },
  '110114': {
    section: 12,
    action: 'E',
    cast: [
      ['asker', 'own', true],
      ['archive', 'own', false],
    ],
    about: [],
  },
  '110109': { section: 13, cast: alone, about: ['patient'] },
  '110110': { section: 14, cast: alone, about: ['patient'] },
  '110111': { section: 15, cast: alone, about: ['studies', 'patient'] },
}

/** A.5.3.7 the other way: images came here. */
const came: readonly Line[] = [
  ['asker', '110153', true],
  ['archive', '110152', false],
]

export interface Act {
  readonly id: EventId
  readonly type?: EventTypeCode | Coded
  readonly action?: Action
  readonly cast?: readonly Line[]
  readonly lifeCycle?: number
}

const eventType = (value: string, otherwise: EventTypeCode | Coded): EventTypeCode | Coded =>
  Object.hasOwn(EVENT_TYPE, value) ? (value as EventTypeCode) : otherwise
const held: Act = { id: '110113', type: '110135' }

/** How images arrived: over the network, brought along, or made here (a rejection note). */
const arrival = (body: Body, action: Action): Act => {
  if (body['door'] === 'import' && action === 'C') return { id: '110107', lifeCycle: LIFE_CYCLE.import }
  if (body['door'] === 'app') return { id: '110103', action, lifeCycle: LIFE_CYCLE.creation }
  return { id: '110104', action, cast: came, lifeCycle: LIFE_CYCLE.creation }
}

/** Which message each act is. */
const ACTS: Readonly<Record<EventType, Act | ((body: Body) => Act)>> = {
  'log.open': { id: '110113', type: '110134' },
  'obj.ingest': (body) => arrival(body, 'C'),
  'obj.receipt': (body) => arrival(body, 'R'),
  'obj.conflict': (body) => arrival(body, 'C'),
  'obj.refuse': (body) => arrival(body, 'C'),
  'study.damage': { id: '110113', type: INTEGRITY },
  'study.repair': { id: '110103', action: 'U', lifeCycle: LIFE_CYCLE.archiving },
  'copy.state': { id: '110113', type: '110130' },
  'fixity.pass': { id: '110113', type: INTEGRITY },
  'obj.reject': { id: '110103', action: 'D', lifeCycle: LIFE_CYCLE.logicalDeletion },
  'obj.restore': { id: '110103', action: 'U', lifeCycle: LIFE_CYCLE.amendment },
  'study.tier': { id: '110103', action: 'U', lifeCycle: LIFE_CYCLE.archiving },
  'study.seal': { id: '110103', action: 'U', lifeCycle: LIFE_CYCLE.archiving },
  heartbeat: { id: '110113', type: INTEGRITY },
  'disp.candidate': held,
  'disp.approve': held,
  'disp.cancel': held,
  tombstone: { id: '110105', lifeCycle: LIFE_CYCLE.permanentErasure },
  'disp.destroy': { id: '110105', lifeCycle: LIFE_CYCLE.permanentErasure },
  'hold.place': held,
  'hold.ask': held,
  'hold.keep': held,
  'hold.release': held,
  'rules.propose': { id: '110113', type: '110131' },
  'rules.approve': { id: '110113', type: '110131' },
  'rules.activate': { id: '110113', type: '110131' },
  'rules.end': { id: '110113', type: '110131' },
  'retention.set': held,
  'retention.reduceProposed': held,
  'retention.reduceApproved': held,
  'retention.reduce': held,
  'retention.reduceEnded': held,
  'erasure.request': held,
  'erasure.answer': held,
  'access.restrict': held,
  'access.lift': held,
  'access.break': { id: '110113', type: '110127' },
  'access.end': { id: '110113', type: '110138' },
  'access.opened': { id: '110113', type: '110132' },
  'access.review': held,
  'lookout.save': { id: '110113', type: '110131' },
  'lookout.stop': { id: '110113', type: '110131' },
  'lookout.warn': { id: '110113', type: '110132' },
  'lookout.settle': held,
  'log.erase.propose': held,
  'log.erase.approve': held,
  'log.erase.end': held,
  'log.erase': held,
  'log.erase.done': held,
  'aud.110109': { id: '110109' },
  'aud.110110': { id: '110110' },
  'aud.110111': { id: '110111' },
  'msg.keep': { id: '110113', type: INTEGRITY },
  'msg.settle': { id: '110113', type: INTEGRITY },
  'pat.merge': { id: '110110' },
  'pat.unmerge': { id: '110110' },
  'pat.link': { id: '110110' },
  'pat.unlink': { id: '110110' },
  'pat.settle': { id: '110110' },
  'mig.begin': { id: '110113', type: INTEGRITY },
  'mig.report': { id: '110113', type: INTEGRITY },
  'cfg.change': (body) => ({ id: '110113', type: body['what'] === 'device allowed' ? '110129' : '110131' }),
  'acl.change': (body) => ({ id: '110113', type: body['roles'] === undefined ? '110137' : '110136' }),
  'aud.110100': (body) => ({ id: '110100', type: eventType(text(body['subtype']), '110120') }),
  'aud.110101': { id: '110101' },
  'aud.110103': { id: '110103', lifeCycle: LIFE_CYCLE.use },
  'aud.110104': { id: '110104', action: 'R', lifeCycle: LIFE_CYCLE.export },
  'aud.110106': { id: '110106', lifeCycle: LIFE_CYCLE.export },
  'aud.110112': { id: '110112' },
  'aud.110113': (body) => ({
    id: '110113',
    type: eventType(text(body['alertType']), text(body['act']) === '' ? INTEGRITY : '110132'),
  }),
  'aud.110114': (body) => ({ id: '110114', type: eventType(text(body['what']), '110122') }),
}

/** An act of a part that does not write any yet is the message its type names. */
export function actOf(body: Body): Act {
  const type = text(body['type'])
  const known = Object.hasOwn(ACTS, type) ? ACTS[type as EventType] : undefined
  if (known !== undefined) return typeof known === 'function' ? known(body) : known
  const id = type.replace(/^aud\./, '')
  const subtype = text(body['subtype'])
  return Object.hasOwn(EVENT_ID, id)
    ? { id: id as EventId, ...(Object.hasOwn(EVENT_TYPE, subtype) && { type: subtype as EventTypeCode }) }
    : { id: '110113', type: '110135' }
}

/** Types of events of which some are this message; which one an act is may lie in its body. */
export const typesThatAre = (id: string): readonly EventType[] =>
  (Object.keys(ACTS) as EventType[]).filter((type) => {
    const act = ACTS[type]
    if (typeof act !== 'function') return act.id === id
    return type.startsWith('aud.') ? type === `aud.${id}` : true
  })
