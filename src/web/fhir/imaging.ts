/**
 * `/fhir/ImagingStudy` and `/fhir/Patient` (FHIR R4): what QIDO-RS finds, for programs that speak FHIR; each study says where
 * its objects are by WADO-RS. Read only: studies come from devices, and patients from their studies.
 */
import { z } from 'zod'
import type { Archive, FindAnswer, Query } from '../../archive/archive.ts'
import type { Context } from '../../base/context.ts'
import { ArchiveError } from '../../base/errors.ts'
import { tagText } from '../../dicom/data-set.ts'
import { T } from '../../dicom/dictionary.ts'
import type { DicomJson } from '../../dicom/json.ts'
import { isUsableUid } from '../../dicom/uid.ts'
import { addressOf } from '../dicomweb/addresses.ts'
import { type Ask, type Route, route } from '../routes.ts'
import {
  ImagingStudySearch,
  PatientSearch,
  patientMatches,
  patientQuestion,
  type Question,
  studyQuestion,
} from './imaging-search.ts'
import { FHIR_JSON } from './outcome.ts'
import { FORMATS } from './parameters.ts'
import { type PatientIdentity, patientResourceId, readPatientResourceId } from './patient-id.ts'
import { identityIn, imagingStudy, patient, type StudyFound } from './resources.ts'

const TYPES = ['application/fhir+json']
const READ = z.strictObject({ _format: FORMATS })

export function imagingRoutes(archive: Pick<Archive, 'find'>): readonly Route[] {
  const whoIs = (ask: Ask) => (id: string) => identityOf(archive, ask, id)
  return [
    route({
      method: 'GET',
      url: '/fhir/ImagingStudy',
      act: 'find',
      says: 'Searches studies, newest first, as FHIR R4 ImagingStudies without their series.',
      query: ImagingStudySearch,
      answers: SEARCHED,
      handle: async (ask, reply) => {
        const question = await studyQuestion(ask.query, rawOf(ask), whoIs(ask))
        const dicomweb = addressOf(ask.request)
        const { found, next } = await searched(archive, ask.context, question)
        const resources = found.map((one) => imagingStudy(one, dicomweb))
        return reply.type(FHIR_JSON).send(bundle(ask, resources, next))
      },
    }),
    route({
      method: 'GET',
      url: '/fhir/ImagingStudy/:id',
      act: 'find',
      says: 'One study with its series and instances, by its Study Instance UID.',
      query: READ,
      answers: ONE,
      handle: async (ask, reply) => {
        const id = ask.params['id'] ?? ''
        const found = isUsableUid(id) ? await wholeStudy(archive, ask, id) : undefined
        if (found === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such ImagingStudy' })
        return reply.type(FHIR_JSON).send(JSON.stringify(imagingStudy(found, addressOf(ask.request))))
      },
    }),
    route({
      method: 'GET',
      url: '/fhir/Patient',
      act: 'find',
      says: 'Searches patients, each as their newest study says, as FHIR R4 Patients.',
      query: PatientSearch,
      answers: SEARCHED,
      handle: async (ask, reply) => {
        const question = await patientQuestion(ask.query, rawOf(ask), whoIs(ask))
        const { found, next } = await searched(archive, ask.context, question)
        return reply.type(FHIR_JSON).send(bundle(ask, found.map(patient), next))
      },
    }),
    route({
      method: 'GET',
      url: '/fhir/Patient/:id',
      act: 'find',
      says: 'One patient, as their newest study says.',
      query: READ,
      answers: ONE,
      handle: async (ask, reply) => {
        const who = await identityOf(archive, ask, ask.params['id'] ?? '')
        const found = who && (await newestOf(archive, ask, who))
        if (found === undefined) throw new ArchiveError('NOT_FOUND', { what: 'such Patient' })
        return reply.type(FHIR_JSON).send(JSON.stringify(patient(found)))
      },
    }),
  ]
}

const SEARCHED = [
  { status: 200, says: 'A Bundle (searchset) with one page, and a link to the next.', types: TYPES },
  { status: 400, says: 'A parameter is not one of the CapabilityStatement: an OperationOutcome.', types: TYPES },
]
const ONE = [
  { status: 200, says: 'The resource.', types: TYPES },
  { status: 404, says: 'There is none: an OperationOutcome.', types: TYPES },
]

const rawOf = ({ request }: Ask): string => request.url
const studiesOf = ({ results, received = [] }: FindAnswer): readonly StudyFound[] =>
  results.map((study, at) => ({ study, received: received[at] ?? '' }))

async function searched(archive: Pick<Archive, 'find'>, context: Context, question: Question) {
  if (question === 'nothing') return { found: [], next: undefined }
  const answer = await archive.find(context, question)
  return { found: studiesOf(answer), next: answer.more === true ? answer.end : undefined }
}

const asked = (ask: Ask, more: Partial<Query>): Query => ({
  level: 'study',
  matches: [],
  include: [T.ModalitiesInStudy],
  fuzzy: false,
  raw: rawOf(ask),
  ...more,
})

async function newestOf(
  archive: Pick<Archive, 'find'>,
  ask: Ask,
  who: PatientIdentity,
): Promise<StudyFound | undefined> {
  const answer = await archive.find(ask.context, asked(ask, { matches: patientMatches(who), onePerPatient: true }))
  // An ID may hold what is a wild card to finding.
  return studiesOf(answer).find(({ study }) => patientResourceId(identityIn(study)) === patientResourceId(who))
}

/**
 * Who may have a digest as id: Patient ID and issuer have 48 bytes or more, so one of the two at least six characters, as
 * each has four bytes at most; or the issuer has the sign that parts the two.
 */
const LOOKED_THROUGH = [
  [T.PatientID, '??????*'],
  [T.IssuerOfPatientID, '??????*'],
  [T.IssuerOfPatientID, '*|*'],
] as const

/** Whom an id stands for; undefined when it is nobody's. */
async function identityOf(archive: Pick<Archive, 'find'>, ask: Ask, id: string): Promise<PatientIdentity | undefined> {
  const read = readPatientResourceId(id)
  if (read !== 'digest') return read
  for (const [path, value] of LOOKED_THROUGH) {
    const query = asked(ask, { matches: [{ path: [path], value }], onePerPatient: true })
    for (let after: string | undefined; ; ) {
      const { results, more, end } = await archive.find(ask.context, { ...query, ...(after && { after }) })
      const found = results.map(identityIn).find((identity) => patientResourceId(identity) === id)
      if (found !== undefined) return found
      if (more !== true || end === undefined) break
      after = end
    }
  }
  return undefined
}

/** A study with everything that is found below it. */
async function wholeStudy(archive: Pick<Archive, 'find'>, ask: Ask, id: string): Promise<StudyFound | undefined> {
  const { context } = ask
  const [found] = studiesOf(
    await archive.find(context, asked(ask, { matches: [{ path: [T.StudyInstanceUID], value: id }] })),
  )
  if (found === undefined || !isUsableUid(id)) return undefined
  const series = await archive.find(context, asked(ask, { level: 'series', study: id, include: 'default' }))
  const instances: DicomJson[] = []
  for (let after: string | undefined; ; ) {
    const page = asked(ask, { level: 'instance', study: id, include: 'default', ...(after !== undefined && { after }) })
    const { results, more, end } = await archive.find(context, page)
    instances.push(...results)
    if (more !== true || end === undefined) break
    after = end
  }
  const uidOf = (of: DicomJson) => String(of[tagText(T.SeriesInstanceUID)]?.Value?.[0] ?? '')
  const bySeries = Map.groupBy(instances, uidOf)
  return {
    ...found,
    series: series.results.map((one) => ({ series: one, instances: bySeries.get(uidOf(one)) ?? [] })),
  }
}

/** As the asker reached us. */
const baseOf = (request: Ask['request']): string => addressOf(request).replace(/\/dicom-web$/, '/fhir')

function bundle(
  { request }: Ask,
  resources: readonly ({ readonly id: string } & Readonly<Record<string, unknown>>)[],
  next: string | undefined,
): string {
  const base = baseOf(request)
  const [path = '', search = ''] = request.url.split('?')
  const self = `${base}${path.replace(/^\/fhir/, '')}`
  const parameters = new URLSearchParams(search)
  const link = [{ relation: 'self', url: search === '' ? self : `${self}?${parameters}` }]
  if (next !== undefined) {
    parameters.set('after', next)
    link.push({ relation: 'next', url: `${self}?${parameters}` })
  }
  const entry = resources.map((resource) => ({
    fullUrl: `${self}/${resource.id}`,
    resource,
    search: { mode: 'match' },
  }))
  return JSON.stringify({ resourceType: 'Bundle', type: 'searchset', link, ...(entry.length > 0 && { entry }) })
}
