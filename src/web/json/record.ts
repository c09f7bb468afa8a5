/** `/api/patients/{key}/timeline`: a patient over time. `/api/studies/{study}/priors`: what to look at beside a study. */
import type { z } from 'zod'
import { type PriorRow, Priors, PriorsAsk, type RecordCard, Timeline } from '../../api/record.ts'
import { ArchiveError } from '../../base/errors.ts'
import { patientKey, splitPatientKey } from '../../ledger/subject.ts'
import type { PatientRecord, PriorsAnswer, RecordStudy } from '../../record/record.ts'
import { laneOf } from '../../record/regions.ts'
import { type Route, route, uidParam } from '../routes.ts'

export function recordRoutes(record: PatientRecord): readonly Route[] {
  return [
    route({
      method: 'GET',
      url: '/api/studies/:study/priors',
      act: 'read',
      says: 'Earlier studies of the patient to look at beside this one, best first, each with the reasons in words.',
      query: PriorsAsk,
      answers: [
        { status: 200, says: 'The relevant priors.', shape: Priors },
        { status: 404, says: 'There is no such study.' },
      ],
      handle: async (ask): Promise<z.infer<typeof Priors>> => {
        return priorsShown(await record.priors(ask.context, uidParam(ask, 'study')), ask.query.k)
      },
    }),
    route({
      method: 'GET',
      url: '/api/patients/:key/timeline',
      act: 'read',
      says: 'Every study of a patient, oldest first, and the months that have some. The key is that of a study’s row.',
      answers: [
        { status: 200, says: 'The timeline.', shape: Timeline },
        { status: 404, says: 'No study has this patient.' },
      ],
      handle: async (ask): Promise<z.infer<typeof Timeline>> => {
        const key = patientKeyAt(ask.params['key'] ?? '')
        const { patientKey, keys, studies, contradictions, held, rejected } = await record.timeline(ask.context, key)
        return {
          patient: patient(patientKey, keys, studies),
          months: months(studies),
          studies: studies.map((study) => card(study, held.has(study.study))),
          rejected,
          contradictions: [...contradictions],
        }
      },
    }),
  ]
}

/** @param most  of the priors */
export function priorsShown(
  { current, priors, chosen, others, contradicted }: PriorsAnswer,
  most: number,
): z.infer<typeof Priors> {
  return {
    patient: patientAddress(current.patientKey),
    current: card(current),
    priors: priors.slice(0, most).map(
      ({ of, score, reasons, days, baseline }): PriorRow => ({
        study: card(of),
        score,
        reasons: [...reasons],
        days: days ?? null,
        baseline,
      }),
    ),
    chosen: chosen ?? null,
    relevant: priors.length,
    others,
    contradicted: [...contradicted],
  }
}

/** A patient key as part of an address: IDs hold slashes, bars and worse. */
export const patientAddress = (key: string): string => Buffer.from(key).toString('base64url')

/** @throws {ArchiveError} `NOT_FOUND` when it is no address of ours */
export function patientKeyAt(address: string): string {
  const key = Buffer.from(address, 'base64url').toString()
  if (address === '' || patientAddress(key) !== address) throw new ArchiveError('NOT_FOUND', { what: 'such patient' })
  return key
}

function patient(
  key: string,
  keys: readonly string[],
  studies: readonly RecordStudy[],
): z.infer<typeof Timeline>['patient'] {
  // What came under the ID that stands for the person says who that is.
  const own = studies.filter((study) => patientKey(study.issuer, study.patientId) === key)
  const of = own.length === 0 ? studies : own
  const latest = of.findLast(({ studyDate }) => studyDate !== '') ?? of.at(-1)
  const name = latest?.patientName ?? ''
  const { id = '', issuer = '' } = splitPatientKey(key) ?? {}
  const names = new Set(studies.map(({ patientName }) => patientName))
  return {
    key: patientAddress(key),
    name,
    id,
    issuer,
    birthDate: latest?.birthDate ?? '',
    sex: latest?.sex ?? '',
    otherNames: [...names].filter((other) => other !== name && other !== '').sort(),
    otherIds: keys.filter((other) => other !== key).map((other) => ({ id: '', issuer: '', ...splitPatientKey(other) })),
  }
}

function months(studies: readonly RecordStudy[]): z.infer<typeof Timeline>['months'] {
  const byMonth = Map.groupBy(studies, ({ studyDate }) => studyDate.slice(0, 6))
  return [...byMonth].map(([month, of]) => ({
    month,
    studies: of.length,
    families: [...new Set(of.flatMap(({ families }) => families))].sort(),
  }))
}

function card(study: RecordStudy, held = false): RecordCard {
  const { studyDate, studyTime, description, accession, instances, bytes, reports } = study
  return {
    study: study.study,
    studyDate,
    studyTime,
    description,
    accession,
    modalities: [...study.modalities],
    regions: [...study.regions],
    lanes: [...new Set(study.regions.map(laneOf))],
    families: [...study.families],
    side: study.side ?? null,
    contrast: study.contrast ?? null,
    reports,
    series: study.seriesCount,
    instances,
    bytes,
    thumbnail: study.images ? `/dicom-web/studies/${study.study}/thumbnail` : null,
    held,
    rejected: study.rejected,
  }
}
