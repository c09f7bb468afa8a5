/**
 * An audit message as a FHIR R4 AuditEvent, in the terms of IHE BALP where it has some for what DICOM tells. The id is the
 * ledger number. Pure; made from the same value as the XML, so the two say the same.
 */

import type { Coded } from './codes.ts'
import type { AuditMessage, Participant, ParticipantObject } from './message.ts'
import { NONE } from './values.ts'
import { xmlText } from './xml.ts'

export interface Coding {
  readonly system?: string
  readonly code: string
  readonly display?: string
}

interface Identified {
  readonly type?: string
  readonly identifier: {
    readonly system?: string
    readonly value: string
    readonly assigner?: { readonly display: string }
  }
  readonly display?: string
}

interface Agent {
  readonly type?: { readonly coding: readonly Coding[] }
  readonly role?: readonly { readonly coding: readonly Coding[] }[]
  readonly who: Identified
  readonly altId?: string
  readonly name?: string
  readonly requestor: boolean
  readonly media?: Coding
  readonly network?: { readonly address: string; readonly type: string }
}

interface Entity {
  readonly what?: Identified
  readonly type: Coding
  readonly role: Coding
  readonly lifecycle?: Coding
  readonly name?: string
  /** Base64. */
  readonly query?: string
  readonly detail?: readonly { readonly type: string; readonly valueString: string }[]
}

export interface AuditEvent {
  readonly resourceType: 'AuditEvent'
  readonly id: string
  readonly text: { readonly status: 'generated'; readonly div: string }
  readonly type: Coding
  readonly subtype?: readonly Coding[]
  readonly action: string
  readonly recorded: string
  readonly outcome: string
  readonly outcomeDesc?: string
  readonly agent: readonly Agent[]
  readonly source: { readonly site?: string; readonly observer: Identified; readonly type: readonly Coding[] }
  readonly entity?: readonly Entity[]
}

/** Code systems by the names DICOM gives them. */
const SYSTEMS: Readonly<Record<string, string>> = {
  DCM: 'http://dicom.nema.org/resources/ontology/DCM',
  '99CLEARKEEP': 'urn:clearkeep:codes',
}
const TERMINOLOGY = 'http://terminology.hl7.org/CodeSystem'

/** BALP: what an access is beside DICOM's name for it. */
const INTERACTIONS: Readonly<Record<string, string>> = { C: 'create', R: 'read', U: 'update', D: 'delete' }
const DISCLOSED: Coding = {
  system: `${TERMINOLOGY}/iso-21089-lifecycle`,
  code: 'disclose',
  display: 'Disclose Record Lifecycle Event',
}

/** @param sentence  the act, for a person */
export function auditEvent(message: AuditMessage, sentence: string): AuditEvent {
  const { n, id, action, time, outcome, outcomeText, participants, source, objects } = message
  const subtype = subtypesOf(message)
  const entity = objects.filter((one) => one.id !== NONE).map(entityOf)
  return {
    resourceType: 'AuditEvent',
    id: String(n),
    text: { status: 'generated', div: `<div xmlns="http://www.w3.org/1999/xhtml">${xmlText(sentence)}</div>` },
    type: coding(id),
    ...(subtype.length > 0 && { subtype }),
    action,
    recorded: time,
    outcome: String(outcome),
    ...(outcomeText !== '' && { outcomeDesc: outcomeText }),
    agent: participants.map(agentOf),
    source: {
      ...(source.site !== '' && { site: source.site }),
      observer: { type: 'Device', identifier: { value: source.id }, display: 'Clearkeep' },
      type: [{ system: `${TERMINOLOGY}/security-source-type`, code: '4', display: 'Application Server' }],
    },
    ...(entity.length > 0 && { entity }),
  }
}

const coding = ({ code, system, meaning }: Coded): Coding => ({
  ...(SYSTEMS[system] !== undefined && { system: SYSTEMS[system] }),
  code,
  display: meaning,
})

function subtypesOf({ id, types, action }: AuditMessage): readonly Coding[] {
  const interaction = id.code === '110103' ? INTERACTIONS[action] : id.code === '110112' ? 'search' : undefined
  return [
    ...types.map(coding),
    ...(interaction === undefined ? [] : [{ system: 'http://hl7.org/fhir/restful-interaction', code: interaction }]),
    ...(id.code === '110106' ? [DISCLOSED] : []),
  ]
}

function agentOf(one: Participant): Agent {
  const [first] = one.roles.filter(({ system }) => system === 'DCM')
  const roles = one.roles.filter(({ system }) => system !== 'DCM')
  return {
    ...(first !== undefined && { type: { coding: [coding(first)] } }),
    ...(roles.length > 0 && { role: roles.map((role) => ({ coding: [coding(role)] })) }),
    who: { type: one.person ? 'Practitioner' : 'Device', identifier: { value: one.userId } },
    ...(one.alternativeUserId !== undefined && { altId: one.alternativeUserId }),
    ...(one.userName !== undefined && { name: one.userName }),
    requestor: one.requestor,
    ...(one.mediaType !== undefined && { media: coding(one.mediaType) }),
    ...(one.accessPoint !== undefined &&
      one.accessPoint.id !== NONE && {
        network: { address: one.accessPoint.id, type: String(one.accessPoint.type) },
      }),
  }
}

function entityOf(one: ParticipantObject): Entity {
  return {
    what: whatOf(one),
    type: { system: `${TERMINOLOGY}/audit-entity-type`, code: String(one.type) },
    role: { system: `${TERMINOLOGY}/object-role`, code: String(one.role) },
    ...(one.lifeCycle !== undefined && {
      lifecycle: { system: `${TERMINOLOGY}/dicom-audit-lifecycle`, code: String(one.lifeCycle) },
    }),
    // sev-1: a name or a query, not both.
    ...(one.query !== undefined
      ? { query: Buffer.from(one.query, 'utf8').toString('base64') }
      : one.name !== undefined && { name: one.name }),
    ...(one.details.length > 0 && { detail: one.details.map(([type, valueString]) => ({ type, valueString })) }),
  }
}

function whatOf({ idType, id, issuer }: ParticipantObject): Identified {
  switch (idType.code) {
    case '2':
      return {
        type: 'Patient',
        identifier: { value: id, ...(issuer !== undefined && { assigner: { display: issuer } }) },
      }
    case '110180':
    case '110181':
      return { identifier: { system: 'urn:dicom:uid', value: `urn:oid:${id}` } }
    default:
      return { identifier: { value: id } }
  }
}
