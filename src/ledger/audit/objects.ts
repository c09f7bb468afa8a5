/** What an act was about (PS3.15 A.5.3): studies, a patient, the log, a query, what an alert tells of. */
import { sentenceOf } from '../sentence.ts'
import { type About, type Act, MESSAGES } from './acts.ts'
import { OBJECT_ID, OBJECT_ROLE, OBJECT_TYPE } from './codes.ts'
import type { AuditedEvent, AuditSource, ParticipantObject } from './message.ts'
import { type Body, list, NONE, object, text } from './values.ts'

export function objectsOf(act: Act, event: AuditedEvent, source: AuditSource): readonly ParticipantObject[] {
  return MESSAGES[act.id].about.flatMap((about) => objectOf(about, act, event, source))
}

function objectOf(
  about: About,
  act: Act,
  { n, body, patient }: AuditedEvent,
  source: AuditSource,
): readonly ParticipantObject[] {
  const leaf: Details = [['Ledger leaf', `${n} ${text(body['type'])}`]]
  const known = patientOf(body, patient)
  switch (about) {
    case 'log': {
      const id = `https://${source.host}/api/audit`
      const { system: type } = OBJECT_TYPE
      const { securityResource: role } = OBJECT_ROLE
      return [{ type, role, idType: OBJECT_ID.uri, id, name: 'Security Audit Log', details: leaf }, ...known]
    }
    case 'studies':
      return studiesOf(act, body, leaf)
    case 'patient':
      return known.length > 0 ? known : [person('', '')]
    case 'query':
      return [queried(body, leaf), ...known]
    case 'alert':
      return alerted(act, body, leaf, source, known)
  }
}

function patientOf(body: Body, known: AuditedEvent['patient']): readonly ParticipantObject[] {
  const said = object(body['patient'])
  const id = text(said['idRef']) || known?.id || ''
  return id === '' ? [] : [person(id, said['idRef'] === undefined ? (known?.issuer ?? '') : text(said['issuer']))]
}

const person = (id: string, issuer: string): ParticipantObject => ({
  type: OBJECT_TYPE.person,
  role: OBJECT_ROLE.patient,
  idType: OBJECT_ID.patient,
  id: id === '' ? NONE : id,
  ...(issuer !== '' && { issuer }),
  details: [],
})

type Details = ParticipantObject['details']

function studiesOf(act: Act, body: Body, details: Details): readonly ParticipantObject[] {
  const objects = list(body['objects']).map(object)
  const named = [
    text(body['study']),
    ...list(body['studies']).map(text),
    ...objects.map((one) => text(one['studyUid'])),
  ]
  const studies = [...new Set(named.filter((uid) => uid !== ''))]
  return (studies.length === 0 ? [NONE] : studies).map((study) => {
    const here = objects.filter((one) => text(one['studyUid']) === study)
    const accession = here.map((one) => text(one['accession'])).find((one) => one !== '')
    return {
      type: OBJECT_TYPE.system,
      role: OBJECT_ROLE.report,
      ...(act.lifeCycle !== undefined && { lifeCycle: act.lifeCycle }),
      idType: OBJECT_ID.study,
      id: study,
      // A name or a query must stand here (A.5.3.6, A.5.3.8); acts do not keep what the study is called.
      name: study,
      details,
      ...(accession !== undefined && { accession }),
      sopClasses: here.flatMap((one) => sopClassesOf(one)),
    }
  })
}

/** How many of each class is known when there is one class. */
function sopClassesOf(one: Body): NonNullable<ParticipantObject['sopClasses']> {
  const classes = list(one['sopClassUid']).map(text)
  const number = Number(one['nInstances'])
  const single = classes.length === 1
  return classes.map((uid) => ({
    uid,
    ...(single && Number.isSafeInteger(number) && { number }),
    instances: single ? list(one['instanceUids']).map(text) : [],
  }))
}

/** Bytes of a query that are told of; more stands in the ledger. */
const LONGEST_QUERY = 12 * 1024
/** Study Root Query/Retrieve Information Model - FIND: what every search here is a search of, whatever door it came by. */
const STUDY_ROOT_FIND = '1.2.840.10008.5.1.4.1.2.2.1'

const NOT_ASKED = new Set([
  'v',
  'id',
  'type',
  'ts',
  'action',
  'outcome',
  'actor',
  'client',
  'node',
  'patient',
  'results',
])

function queried(body: Body, details: Details): ParticipantObject {
  const asked = Object.fromEntries(Object.entries(body).filter(([key]) => !NOT_ASKED.has(key)))
  const query = typeof body['query'] === 'string' ? body['query'] : JSON.stringify(asked)
  return {
    type: OBJECT_TYPE.system,
    role: OBJECT_ROLE.report,
    idType: OBJECT_ID.sopClass,
    id: STUDY_ROOT_FIND,
    query: query.slice(0, LONGEST_QUERY),
    details: query.length > LONGEST_QUERY ? [...details, ['Query characters', String(query.length)]] : details,
  }
}

/** A.5.3.11: what the alert is about, with a description. */
function alerted(
  act: Act,
  body: Body,
  details: Details,
  source: AuditSource,
  patients: readonly ParticipantObject[],
): readonly ParticipantObject[] {
  const described: Details = [['Alert Description', sentenceOf(body)], ...details]
  const studies = text(body['study']) === '' ? [] : studiesOf(act, body, described)
  const subjects = [...studies, ...patients.map((one) => ({ ...one, details: described }))]
  if (subjects.length > 0) return subjects
  return [
    {
      type: OBJECT_TYPE.system,
      role: OBJECT_ROLE.securityResource,
      idType: OBJECT_ID.node,
      id: source.id,
      details: described,
    },
  ]
}
