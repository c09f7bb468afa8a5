/**
 * An audit message as XML (PS3.15 A.5.1), on one line: in a syslog frame or a file no value can begin a line of its own.
 */

import { type Coded, SOURCE_TYPE } from './codes.ts'
import type { AuditMessage, Participant, ParticipantObject } from './message.ts'

/** Characters XML 1.0 has no way to write (section 2.2): of a value that holds one the rest is told. */
const IMPOSSIBLE = /[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu
/** What must not stand as it is: markup, and every control and line separator, which a reader may take for a line's end. */
const MARKED = /[<>&"'\u{0}-\u{1f}\u{7f}-\u{9f}\u{2028}\u{2029}]/gu

/** A value as it may stand between quotes or tags. */
export const xmlText = (value: string): string =>
  value.replace(IMPOSSIBLE, '\u{fffd}').replace(MARKED, (mark) => `&#${mark.codePointAt(0)};`)

type Attributes = readonly (readonly [name: string, value: string | number | boolean | undefined])[]

const element = (name: string, attributes: Attributes, content = ''): string => {
  const written = attributes.map(([key, value]) => (value === undefined ? '' : ` ${key}="${xmlText(String(value))}"`))
  return `<${name}${written.join('')}${content === '' ? '/>' : `>${content}</${name}>`}`
}

const coded = (name: string, { code, system, meaning }: Coded): string =>
  element(name, [
    ['csd-code', code],
    ['codeSystemName', system],
    ['originalText', meaning],
  ])

const base64 = (value: string): string => Buffer.from(value, 'utf8').toString('base64')

/** The type OID of the schema; what is none is left out. */
const isOid = (uid: string): boolean => /^[0-2](\.0|\.[1-9][0-9]*)*$/.test(uid)

/** The most an xs:int holds. */
const MOST = 2 ** 31 - 1

export function auditXml(message: AuditMessage): string {
  const { id, types, action, time, outcome, outcomeText, participants, source, objects } = message
  const event = element(
    'EventIdentification',
    [
      ['EventActionCode', action],
      ['EventDateTime', time],
      ['EventOutcomeIndicator', outcome],
    ],
    [
      coded('EventID', id),
      ...types.map((type) => coded('EventTypeCode', type)),
      outcomeText === '' ? '' : element('EventOutcomeDescription', [], xmlText(outcomeText)),
    ].join(''),
  )
  const from = element(
    'AuditSourceIdentification',
    [
      ['AuditEnterpriseSiteID', source.site || undefined],
      ['AuditSourceID', source.id],
    ],
    element('AuditSourceTypeCode', [['csd-code', SOURCE_TYPE]]),
  )
  const content = [event, ...participants.map(participantXml), from, ...objects.map(objectXml)]
  return `<?xml version="1.0" encoding="UTF-8"?>${element('AuditMessage', [], content.join(''))}`
}

function participantXml(one: Participant): string {
  return element(
    'ActiveParticipant',
    [
      ['UserID', one.userId],
      ['AlternativeUserID', one.alternativeUserId],
      ['UserName', one.userName],
      ['UserIsRequestor', one.requestor],
      ['UserTypeCode', one.person ? 1 : 2],
      ['NetworkAccessPointID', one.accessPoint?.id],
      ['NetworkAccessPointTypeCode', one.accessPoint?.type],
    ],
    [
      ...one.roles.map((role) => coded('RoleIDCode', role)),
      one.mediaType === undefined ? '' : coded('MediaType', one.mediaType),
    ].join(''),
  )
}

function objectXml(one: ParticipantObject): string {
  return element(
    'ParticipantObjectIdentification',
    [
      // HL7 CX, as IHE has it: the issuer is the fourth component.
      ['ParticipantObjectID', one.issuer === undefined ? one.id : `${one.id}^^^${one.issuer}`],
      ['ParticipantObjectTypeCode', one.type],
      ['ParticipantObjectTypeCodeRole', one.role],
      ['ParticipantObjectDataLifeCycle', one.lifeCycle],
    ],
    [
      coded('ParticipantObjectIDTypeCode', one.idType),
      one.query === undefined
        ? one.name === undefined
          ? ''
          : element('ParticipantObjectName', [], xmlText(one.name))
        : element('ParticipantObjectQuery', [], base64(one.query)),
      ...one.details.map(([type, value]) =>
        element('ParticipantObjectDetail', [
          ['type', type],
          ['value', base64(value)],
        ]),
      ),
      element('ParticipantObjectDescription', [], descriptionXml(one)),
    ].join(''),
  )
}

/** The schema wants ParticipantObjectContainsStudy in every description, and a description in every object. */
function descriptionXml({ accession, sopClasses = [], idType, id }: ParticipantObject): string {
  return [
    accession === undefined ? '' : element('Accession', [['Number', accession]]),
    ...sopClasses
      .filter(({ uid }) => isOid(uid))
      .map(({ uid, number, instances }) =>
        element(
          'SOPClass',
          [
            ['UID', uid],
            ['NumberOfInstances', number === undefined || number < 0 || number > MOST ? undefined : number],
          ],
          instances
            .filter(isOid)
            .map((instance) => element('Instance', [['UID', instance]]))
            .join(''),
        ),
      ),
    element(
      'ParticipantObjectContainsStudy',
      [],
      idType.code === '110180' && isOid(id) ? element('StudyIDs', [['UID', id]]) : '',
    ),
  ].join('')
}
